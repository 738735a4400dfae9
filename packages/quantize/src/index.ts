export { integerOps, type Placement, placementOf } from '@subbyte/graph';
export type {
  CacheMode,
  CheckpointStore,
  ReconstructionConfig,
  UnitProgress,
  UnitReport,
} from '@subbyte/reconstruct';
export {
  type CompareOptions,
  type Comparison,
  compareGraphs,
  type ValueDifference,
} from './compare-graphs.ts';
export type {
  ActivationConfig,
  Batch,
  Batches,
  LayerBits,
  LayerOverride,
  QuantizeConfig,
  WeightConfig,
} from './config.ts';
export { QuantizeError } from './errors.ts';
export type { ProgressEvent } from './progress.ts';
export { type Quantized, quantize } from './quantize.ts';
export type {
  ActivationReport,
  LayerReport,
  QuantizeReport,
  RangeReport,
  Recipe,
  WeightReport,
} from './report.ts';
