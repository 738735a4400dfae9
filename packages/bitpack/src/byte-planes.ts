// Codes of any width from parts of 1, 2, 4 and 8 bits, which never cross a byte: what shifts and
// masks on whole bytes can unpack, as in our packed ONNX form.

import { checkBits, checkCodes, checkCount, checkLength } from './check.ts';
import { BitpackError } from './errors.ts';
import { packStream, streamBytes, unpackStream } from './stream.ts';

/** Part of the bits of each code, stored together: `(code >> shift) & (2^width - 1)`. */
export interface BytePlane {
  /** Width in bits: whole elements fit a byte. */
  readonly width: 8 | 4 | 2 | 1;
  /** Place of the plane's lowest bit within the code. */
  readonly shift: number;
}

/** A plane with its bytes. */
export interface PackedBytePlane extends BytePlane {
  readonly bytes: Uint8Array;
}

/**
 * The planes that codes of `bits` bits split into, lowest bits first: 7 = 4 + 2 + 1.
 * @throws BitpackError for widths outside 1 to 8.
 */
export function bytePlanesOf(bits: number): BytePlane[] {
  checkBits(bits);
  const planes: BytePlane[] = [];
  let shift = 0;
  for (const width of [8, 4, 2, 1] as const) {
    if ((bits & width) === 0) continue;
    planes.push({ width, shift });
    shift += width;
  }
  return planes;
}

function checkPlane({ width, shift }: BytePlane): void {
  const fits = [1, 2, 4, 8].includes(width) && Number.isInteger(shift) && shift >= 0;
  if (!fits || shift + width > 8) {
    throw new BitpackError(
      `plane of ${width} bits at bit ${shift}: expected 1, 2, 4 or 8 bits of a byte`,
    );
  }
}

/**
 * One plane of `codes`, packed as a stream of its width.
 * @throws BitpackError for planes that do not lie in a byte and codes outside 0 to 255.
 */
export function packBytePlane(codes: ArrayLike<number>, plane: BytePlane): Uint8Array<ArrayBuffer> {
  checkPlane(plane);
  checkCodes(codes, 0, 255);
  const mask = 2 ** plane.width - 1;
  const parts = Uint8Array.from(codes, (code) => (code >> plane.shift) & mask);
  return packStream(parts, plane.width);
}

/**
 * The `count` codes that planes hold: the inverse of `packBytePlane` over `bytePlanesOf(bits)`.
 * @throws BitpackError for planes that do not lie in a byte or overlap, and for any other number of
 * bytes than `count` codes need.
 */
export function unpackBytePlanes(
  planes: readonly PackedBytePlane[],
  count: number,
): Uint8Array<ArrayBuffer> {
  checkCount(count);
  let used = 0;
  for (const plane of planes) {
    checkPlane(plane);
    const own = (2 ** plane.width - 1) << plane.shift;
    if (used & own)
      throw new BitpackError(`planes overlap at bit ${plane.shift}: expected none to`);
    used |= own;
    checkLength('plane', plane.bytes.length, streamBytes(count, plane.width), count);
  }
  const codes = new Uint8Array(count);
  for (const { width, shift, bytes } of planes) {
    const parts = unpackStream(bytes, width, count);
    for (let i = 0; i < count; i++)
      codes[i] = (codes[i] as number) | ((parts[i] as number) << shift);
  }
  return codes;
}
