// How the packed form lays out codes of 2 to 8 bits in bytes; docs/decisions/packed-onnx-form.md
// specifies it for readers.

/** Width of a plane in bits: whole elements fit a byte. */
type PlaneWidth = 8 | 4 | 2 | 1;

/** Part of the bits of each code, stored together: `(code >> shift) & (2^width - 1)`. */
export interface Plane {
  readonly width: PlaneWidth;
  /** Place of the plane's lowest bit within the code. */
  readonly shift: number;
}

/** The planes that codes of `bits` bits split into, lowest bits first: 7 = 4 + 2 + 1. */
export function planesOf(bits: number): Plane[] {
  const planes: Plane[] = [];
  let shift = 0;
  for (const width of [8, 4, 2, 1] as const) {
    if ((bits & width) === 0) continue;
    planes.push({ width, shift });
    shift += width;
  }
  return planes;
}

/** Bytes that `count` elements of a plane take. */
export function planeBytes(plane: Plane, count: number): number {
  return Math.ceil((count * plane.width) / 8);
}

/**
 * One plane of `codes` (whole numbers from 0), packed: element `i` sits in byte
 * `floor(i * width / 8)` at bit `i * width % 8`; unused bits of the last byte are 0.
 */
export function packPlane(codes: Uint8Array, plane: Plane): Uint8Array {
  const { width, shift } = plane;
  const packed = new Uint8Array(planeBytes(plane, codes.length));
  const mask = 2 ** width - 1;
  for (let i = 0; i < codes.length; i++) {
    const bit = i * width;
    const part = ((codes[i] as number) >> shift) & mask;
    packed[bit >> 3] = (packed[bit >> 3] as number) | (part << (bit & 7));
  }
  return packed;
}

/** The codes that planes hold: the inverse of `packPlane` over all planes of a width. */
export function unpackPlanes(
  planes: readonly (Plane & { readonly bytes: Uint8Array })[],
  count: number,
): Uint8Array {
  const codes = new Uint8Array(count);
  for (const { width, shift, bytes } of planes) {
    const mask = 2 ** width - 1;
    for (let i = 0; i < count; i++) {
      const bit = i * width;
      const part = ((bytes[bit >> 3] as number) >> (bit & 7)) & mask;
      codes[i] = (codes[i] as number) | (part << shift);
    }
  }
  return codes;
}
