export { type AdamOptions, adam, adamw } from './adam.ts';
export { clipByGlobalNorm, clipByValue, globalNorm } from './clip.ts';
export { type Ema, ema } from './ema.ts';
export { OptimError } from './errors.ts';
export type { CommonOptions, Group, Optimizer, OptimizerState } from './optimizer.ts';
export {
  cosine,
  linear,
  type Rate,
  type Schedule,
  sequence,
  stepDecay,
  warmUp,
} from './schedule.ts';
export { type SgdOptions, sgd } from './sgd.ts';
