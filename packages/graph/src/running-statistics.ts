import { kernels } from '@subbyte/kernels';
import { scope, type Tensor, tensor } from '@subbyte/tensor';

/** `(1 - momentum) * old + momentum * factor * fresh`. */
function blend(old: Tensor, fresh: Tensor, momentum: number, factor: number): Tensor {
  const times = (x: Tensor, by: number): Tensor =>
    kernels.mul([x, tensor([by], [], old.dtype)], {});
  return scope(() => kernels.add([times(old, 1 - momentum), times(fresh, momentum * factor)], {}));
}

/** Mean and variance of each channel, `[C]`. */
export interface Statistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * Running statistics moved towards those of a batch with `count` elements per channel; the variance
 * towards the unbiased one, as PyTorch does. No gradient passes.
 */
export function moveStatistics(
  running: Statistics,
  batch: Statistics,
  momentum: number,
  count: number,
): Statistics {
  return {
    mean: blend(running.mean, batch.mean, momentum, 1),
    variance: blend(running.variance, batch.variance, momentum, count / Math.max(count - 1, 1)),
  };
}
