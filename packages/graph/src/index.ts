export { checkGraph } from './check-graph.ts';
export { checkInputs } from './check-inputs.ts';
export { describe, type GraphDescription, type LayerDescription } from './describe.ts';
export {
  type DifferentiableGraph,
  type DifferentiableOptions,
  differentiable,
  type GraphApplied,
  type GraphApplyOptions,
  type GraphVariables,
} from './differentiable.ts';
export { freshName, insertAfter, nameSource, renameValue, replaceUses } from './edit.ts';
export { GraphError } from './errors.ts';
export { createExecutor, type Executor, type RunOptions } from './executor.ts';
export { lowerQuantizer } from './fake-quantize.ts';
export { type Block, findBlocks } from './find-blocks.ts';
export { foldBatchNorm } from './fold-batch-norm.ts';
export { type FoldOptions, foldConstants } from './fold-constants.ts';
export { foldIntoNext } from './fold-into-next.ts';
export { fusePatterns } from './fuse-patterns.ts';
export { type ActivationKind, groupActivations, ungroupActivations } from './group-activations.ts';
export { inferTypes } from './infer-types.ts';
export {
  type ConstantLayer,
  constantLayer,
  isLayer,
  type LayerName,
  outputAxis,
} from './layers.ts';
export { consumersOf, fixedValues, producersOf, soleConsumer } from './links.ts';
export { operations, runNode } from './operations/index.ts';
export { toTheEnd } from './operations/resolve-options.ts';
export type { Operand, OperationRule, SizedOperand } from './operations/rule.ts';
export { integerOps, type Placement, placementOf } from './placement.ts';
export { removeIdentity } from './remove-identity.ts';
export { removeUnused } from './remove-unused.ts';
export { type SimplifyOptions, simplify } from './simplify.ts';
export { sortNodes } from './sort-nodes.ts';
export { specialize } from './specialize.ts';
export { type TraceOptions, trace } from './trace/trace.ts';
export { trainableConstants } from './trainable-constants.ts';
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
export { withConstants } from './with-constants.ts';
