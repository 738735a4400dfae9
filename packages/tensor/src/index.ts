export {
  type AnyTypedArray,
  bytesPerElement,
  type DataType,
  dataTypes,
  isBigInt,
  isFloat,
  type NumberDataType,
  newArray,
  type TypedArrayOf,
  type TypedArrays,
  viewArray,
} from './data-type.ts';
export { TensorError } from './errors.ts';
export { isTensor } from './is-tensor.ts';
export { type Random, random, randomNormal, randomUniform } from './random.ts';
export { advance, type ScopeResult, scope, storagesOf, track } from './scope.ts';
export {
  broadcastShapes,
  broadcastStrides,
  maxElements,
  normalizeAxis,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
} from './shape.ts';
export { allocateHeap, heap, heapStorage, type Storage } from './storage.ts';
export {
  asFloat32,
  type FloatTensor,
  fromStorage,
  isFloatTensor,
  reshape,
  scalar,
  type Tensor,
  tensor,
  toHeap,
  toNumbers,
  zeros,
} from './tensor.ts';
export { flattenTree, type Leaf, leavesLike, mapTree, type Tree } from './tree.ts';
