export { packBitPlanes, planeWords, unpackBitPlanes } from './bit-planes.ts';
export {
  type BytePlane,
  bytePlanesOf,
  type PackedBytePlane,
  packBytePlane,
  unpackBytePlanes,
} from './byte-planes.ts';
export { BitpackError } from './errors.ts';
export { packStream, type StreamOptions, streamBytes, unpackStream } from './stream.ts';
export { packTernary, type TernaryPlanes, unpackTernary } from './ternary-planes.ts';
export { packTrits, tritBytes, tritsOf, tritsPerByte, unpackTrits } from './trits.ts';
