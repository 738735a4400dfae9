import { checkCodes, checkCount, checkLength } from './check.ts';
import { BitpackError } from './errors.ts';

/** Ternary codes in a byte: 3^5 = 243 of its 256 values, 1.6 bits a code. */
export const tritsPerByte = 5;

const largest = 3 ** tritsPerByte - 1;

/**
 * Bytes that `count` ternary codes take, five to a byte.
 * @throws BitpackError for counts outside 0 to 2^31 - 1.
 */
export function tritBytes(count: number): number {
  checkCount(count);
  return Math.ceil(count / tritsPerByte);
}

/** The five codes of a byte from 0 to 242, the first one the digit of weight 1. */
export function tritsOf(byte: number): number[] {
  return Array.from({ length: tritsPerByte }, (_, i) => (Math.floor(byte / 3 ** i) % 3) - 1);
}

/**
 * Codes -1, 0 and 1, five to a byte: digits `code + 1` in base 3, the first code the digit of weight 1;
 * unused digits of the last byte are 0.
 * @throws BitpackError for any other code.
 */
export function packTrits(codes: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  checkCodes(codes, -1, 1);
  const packed = new Uint8Array(tritBytes(codes.length));
  for (let byte = 0; byte < packed.length; byte++) {
    const first = byte * tritsPerByte;
    let value = 0;
    for (let i = Math.min(first + tritsPerByte, codes.length) - 1; i >= first; i--) {
      value = value * 3 + (codes[i] as number) + 1;
    }
    packed[byte] = value;
  }
  return packed;
}

/**
 * The `count` codes of packed trits: the inverse of `packTrits`.
 * @throws BitpackError for bytes above 242 and any other number of bytes than `count` codes need.
 */
export function unpackTrits(bytes: Uint8Array, count: number): Int8Array<ArrayBuffer> {
  checkLength('trits', bytes.length, tritBytes(count), count);
  const bad = bytes.findIndex((byte) => byte > largest);
  if (bad >= 0) {
    throw new BitpackError(`byte ${bytes[bad]} at ${bad}: expected five trits, at most ${largest}`);
  }
  const codes = new Int8Array(count);
  let rest = 0;
  for (let i = 0; i < count; i++) {
    if (i % tritsPerByte === 0) rest = bytes[i / tritsPerByte] as number;
    const digit = rest % 3;
    codes[i] = digit - 1;
    rest = (rest - digit) / 3;
  }
  return codes;
}
