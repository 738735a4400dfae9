import { getBackend, kernels } from '@subbyte/kernels';
import { flattenTree, leavesLike, mapTree, type Tensor, type Tree } from '@subbyte/tensor';
import { checkOption } from './errors.ts';

/** A running average of parameters. */
export interface Ema {
  /** The average before the first update: a copy of the parameters. */
  init<Parameters extends Tree>(parameters: Parameters): Parameters;
  /** The average after `parameters` joined it. Consumes `average`: its memory takes the values. */
  update<Parameters extends Tree>(average: Parameters, parameters: Parameters): Parameters;
}

/**
 * Exponential moving average of weights: `average = decay * average + (1 - decay) * parameters`
 * (Polyak and Juditsky 1992, as used for GAN generators).
 * @throws OptimError unless `decay` lies in [0, 1).
 */
export function ema(decay: number): Ema {
  checkOption('decay', decay, 0, 1);
  return {
    init: (parameters) =>
      mapTree(parameters, (leaf) => kernels.cast([leaf], { dtype: leaf.dtype })),
    update: (average, parameters) => {
      const sources = leavesLike(parameters, average, 'parameters');
      const targets = flattenTree(average).map(([, leaf]) => getBackend()?.upload(leaf) ?? leaf);
      for (const [i, target] of targets.entries()) {
        kernels.blendUpdate([target, sources[i] as Tensor], { decay });
      }
      let next = 0;
      return mapTree(average, () => targets[next++] as Tensor);
    },
  };
}
