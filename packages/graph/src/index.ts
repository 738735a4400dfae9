export { GraphError } from './errors.ts';
export type {
  Dimension,
  Graph,
  Node,
  NodeOf,
  OpAttributes,
  OpName,
  ReduceKernelName,
  StructuralAttributes,
  ValueInfo,
  ValueType,
} from './types.ts';
