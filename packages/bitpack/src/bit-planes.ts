import { checkBits, checkCodes, checkCount, checkLength } from './check.ts';

/**
 * 32-bit words that `count` bits take.
 * @throws BitpackError for counts outside 0 to 2^31 - 1.
 */
export function planeWords(count: number): number {
  checkCount(count);
  return Math.ceil(count / 32);
}

/**
 * The bits of codes, one plane per bit, lowest first: bit `i % 32` of word `floor(i / 32)` of plane `m`
 * is `(codes[i] >> m) & 1`. Bits behind the last code are 0, so that AND and popcount over whole words
 * give dot products (binary decomposition, EBS, arXiv 2003.07577).
 * @throws BitpackError for widths outside 1 to 8 and codes outside 0 to `2^bits - 1`.
 */
export function packBitPlanes(codes: ArrayLike<number>, bits: number): Uint32Array<ArrayBuffer>[] {
  checkBits(bits);
  checkCodes(codes, 0, 2 ** bits - 1);
  const words = planeWords(codes.length);
  const planes = Array.from({ length: bits }, () => new Uint32Array(words));
  for (const [m, plane] of planes.entries()) {
    for (let i = 0; i < codes.length; i++) {
      const bit = ((codes[i] as number) >> m) & 1;
      plane[i >> 5] = (plane[i >> 5] as number) | (bit << (i & 31));
    }
  }
  return planes;
}

/**
 * The `count` codes of bit planes, lowest first: the inverse of `packBitPlanes`. Bits behind the last
 * code are ignored.
 * @throws BitpackError for less than 1 or more than 8 planes and any other number of words than
 * `count` codes need.
 */
export function unpackBitPlanes(
  planes: readonly Uint32Array[],
  count: number,
): Uint8Array<ArrayBuffer> {
  checkBits(planes.length);
  const words = planeWords(count);
  for (const plane of planes) checkLength('plane', plane.length, words, count);
  const codes = new Uint8Array(count);
  for (const [m, plane] of planes.entries()) {
    for (let i = 0; i < count; i++) {
      const bit = ((plane[i >> 5] as number) >>> (i & 31)) & 1;
      codes[i] = (codes[i] as number) | (bit << m);
    }
  }
  return codes;
}
