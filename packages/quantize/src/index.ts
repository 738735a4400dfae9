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
export { integerOps, type Placement, placementOf } from './placement.ts';
export type { ProgressEvent, UnitProgress } from './progress.ts';
export { type Quantized, quantize } from './quantize.ts';
export type { CacheMode } from './reconstruct/cache-plan.ts';
export type { CheckpointStore } from './reconstruct/checkpoint.ts';
export type { ReconstructionConfig } from './reconstruct/options.ts';
export type { UnitReport } from './reconstruct/pass.ts';
export type {
  ActivationReport,
  LayerReport,
  QuantizeReport,
  RangeReport,
  Recipe,
  WeightReport,
} from './report.ts';
