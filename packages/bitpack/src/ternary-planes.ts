import { planeWords } from './bit-planes.ts';
import { checkCodes, checkLength } from './check.ts';

/**
 * Ternary codes as two bit planes (RTN, arXiv 1912.02057, section 3.4): +1 = (1, 1), -1 = (1, 0),
 * 0 = (0, any). Bits behind the last code have mask 0. Then, over all words and with c the AND of two
 * masks, `a · b = popcount(c) - 2 * popcount((signA XOR signB) AND c)`.
 */
export interface TernaryPlanes {
  /** 1 where the code is not 0; 32 codes a word, the first in the lowest bit. */
  readonly mask: Uint32Array<ArrayBuffer>;
  /** 1 where the code is +1, 0 where it is -1; `packTernary` writes 0 where it is 0. */
  readonly sign: Uint32Array<ArrayBuffer>;
}

/**
 * Codes -1, 0 and 1 as mask and sign planes.
 * @throws BitpackError for any other code.
 */
export function packTernary(codes: ArrayLike<number>): TernaryPlanes {
  checkCodes(codes, -1, 1);
  const words = planeWords(codes.length);
  const mask = new Uint32Array(words);
  const sign = new Uint32Array(words);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number;
    const [word, bit] = [i >> 5, 1 << (i & 31)];
    if (code !== 0) mask[word] = (mask[word] as number) | bit;
    if (code > 0) sign[word] = (sign[word] as number) | bit;
  }
  return { mask, sign };
}

/**
 * The `count` codes of mask and sign planes, whatever the sign bits of zeros are.
 * @throws BitpackError for any other number of words than `count` codes need.
 */
export function unpackTernary(
  { mask, sign }: TernaryPlanes,
  count: number,
): Int8Array<ArrayBuffer> {
  const words = planeWords(count);
  checkLength('mask plane', mask.length, words, count);
  checkLength('sign plane', sign.length, words, count);
  const codes = new Int8Array(count);
  for (let i = 0; i < count; i++) {
    const [word, bit] = [i >> 5, i & 31];
    const used = ((mask[word] as number) >>> bit) & 1;
    const positive = ((sign[word] as number) >>> bit) & 1;
    codes[i] = used * (2 * positive - 1);
  }
  return codes;
}
