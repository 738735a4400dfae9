import { checkBits, checkCodes, checkCount, checkLength } from './check.ts';

/** How the codes of a stream are to be read. */
export interface StreamOptions {
  /** Two's complement: codes from `-2^(bits-1)` to `2^(bits-1) - 1`; else from 0. Default false. */
  readonly signed?: boolean | undefined;
}

/**
 * Bytes that `count` codes of `bits` bits take.
 * @throws BitpackError for widths outside 1 to 8 and counts outside 0 to 2^31 - 1.
 */
export function streamBytes(count: number, bits: number): number {
  checkBits(bits);
  checkCount(count);
  return Math.ceil((count * bits) / 8);
}

/**
 * Codes one after the other without gaps, the lowest bit first: code `i` starts at bit
 * `i * bits % 8` of byte `floor(i * bits / 8)`; unused bits of the last byte are 0. At 4 and 2 bits
 * these are the bytes of ONNX `UINT4`, `INT4`, `UINT2` and `INT2` tensors.
 * @throws BitpackError for widths outside 1 to 8 and codes that they cannot hold.
 */
export function packStream(
  codes: ArrayLike<number>,
  bits: number,
  { signed = false }: StreamOptions = {},
): Uint8Array<ArrayBuffer> {
  const length = streamBytes(codes.length, bits);
  const half = 2 ** (bits - 1);
  checkCodes(codes, signed ? -half : 0, signed ? half - 1 : 2 * half - 1);
  const packed = new Uint8Array(length);
  const mask = 2 ** bits - 1;
  let byte = 0;
  let held = 0;
  let filled = 0;
  for (let i = 0; i < codes.length; i++) {
    held |= ((codes[i] as number) & mask) << filled;
    filled += bits;
    if (filled < 8) continue;
    packed[byte++] = held;
    held >>>= 8;
    filled -= 8;
  }
  if (filled > 0) packed[byte] = held;
  return packed;
}

/**
 * The `count` codes of a stream, the inverse of `packStream`: int8 when signed, else uint8. Bits behind the
 * last code are ignored.
 * @throws BitpackError for widths outside 1 to 8 and any other number of bytes than `count` codes need.
 */
export function unpackStream(
  bytes: Uint8Array,
  bits: number,
  count: number,
  options: StreamOptions & { readonly signed: true },
): Int8Array<ArrayBuffer>;
export function unpackStream(
  bytes: Uint8Array,
  bits: number,
  count: number,
  options?: StreamOptions & { readonly signed?: false },
): Uint8Array<ArrayBuffer>;
export function unpackStream(
  bytes: Uint8Array,
  bits: number,
  count: number,
  { signed = false }: StreamOptions = {},
): Int8Array<ArrayBuffer> | Uint8Array<ArrayBuffer> {
  checkLength('stream', bytes.length, streamBytes(count, bits), count);
  const codes = signed ? new Int8Array(count) : new Uint8Array(count);
  const mask = 2 ** bits - 1;
  const unused = 32 - bits;
  let byte = 0;
  let held = 0;
  let left = 0;
  for (let i = 0; i < count; i++) {
    if (left < bits) {
      held |= (bytes[byte++] as number) << left;
      left += 8;
    }
    codes[i] = signed ? (held << unused) >> unused : held & mask;
    held >>>= bits;
    left -= bits;
  }
  return codes;
}
