import { kernels } from '@subbyte/kernels';
import { checkOption } from './errors.ts';
import { type CommonOptions, defineOptimizer, type Optimizer } from './optimizer.ts';

/** Options of `sgd`. */
export interface SgdOptions extends CommonOptions {
  /** Default: 0. */
  readonly momentum?: number | undefined;
  /** Look ahead along the velocity (Sutskever et al. 2013). Default: false. */
  readonly nesterov?: boolean | undefined;
}

/**
 * Stochastic gradient descent as PyTorch defines it: weight decay is added to the gradient, and
 * the rate multiplies the velocity. State: `velocity`.
 * @throws OptimError for options out of range.
 */
export function sgd(options: SgdOptions): Optimizer {
  const { momentum = 0, nesterov = false } = options;
  checkOption('momentum', momentum, 0, 1);
  return defineOptimizer(['velocity'], options, (parameter, gradient, [velocity], settings) => {
    const { rate, weightDecay } = settings;
    kernels.sgdUpdate([parameter, gradient, velocity as typeof gradient], {
      rate,
      momentum,
      nesterov,
      weightDecay,
    });
  });
}
