export type { CacheMode, CachePlan } from './cache-plan.ts';
export type { CheckpointStore } from './checkpoint.ts';
export { QuantizeError } from './errors.ts';
export { insertQuantizers } from './insert-quantizers.ts';
export type { LossKind } from './loss.ts';
export { nearestNames } from './nearest-names.ts';
export {
  type ReconstructionConfig,
  type ResolvedReconstruction,
  resolveReconstruction,
} from './options.ts';
export type { PassProgress, UnitProgress, UnitReport } from './pass.ts';
export {
  planReconstruction,
  type Reconstructed,
  type ReconstructionPlan,
  type ReconstructOptions,
  reconstruct,
} from './reconstruct.ts';
export type { NamedBatch } from './sample-chunks.ts';
export {
  type ActivationSlot,
  type Unit,
  type UnitKind,
  type UnitOutput,
  unitsOf,
  type ValuePair,
  type WeightSlot,
} from './units.ts';
export { piecesByHand, type UnitNames } from './units-by-hand.ts';
export type { WorkDone } from './work.ts';
