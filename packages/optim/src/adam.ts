import { kernels } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import { checkOption } from './errors.ts';
import { type CommonOptions, defineOptimizer, type Optimizer } from './optimizer.ts';

/** Options of `adam` and `adamw`. */
export interface AdamOptions extends CommonOptions {
  /** Default: 0.9. */
  readonly beta1?: number | undefined;
  /** Default: 0.999. */
  readonly beta2?: number | undefined;
  /** Default: 1e-8. */
  readonly epsilon?: number | undefined;
}

function moments(options: AdamOptions, decoupled: boolean): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkOption('beta1', beta1, 0, 1);
  checkOption('beta2', beta2, 0, 1);
  checkOption('epsilon', epsilon, 0);
  return defineOptimizer(['mean', 'square'], options, (parameter, gradient, slots, settings) => {
    const [mean, square] = slots as [Tensor, Tensor];
    kernels.adamUpdate([parameter, gradient, mean, square], {
      ...settings,
      beta1,
      beta2,
      epsilon,
      decoupled,
    });
  });
}

/**
 * Adam (Kingma and Ba 2015); weight decay, if any, is added to the gradient. State: the moments
 * `mean` and `square`.
 * @throws OptimError for options out of range.
 */
export function adam(options: AdamOptions): Optimizer {
  return moments(options, false);
}

/**
 * Adam with decoupled weight decay, 0.01 by default (Loshchilov and Hutter 2019). State: the
 * moments `mean` and `square`.
 * @throws OptimError for options out of range.
 */
export function adamw(options: AdamOptions): Optimizer {
  return moments({ ...options, weightDecay: options.weightDecay ?? 0.01 }, true);
}
