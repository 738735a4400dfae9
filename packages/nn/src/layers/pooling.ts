import { averagePool2d, type Loose, maxPool2d, mean, type Size2d } from '@subbyte/autograd';
import type { AveragePool2dOptions, Pool2dOptions } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';

/** A layer without variables that takes the largest element under each window. */
export function maxPool(
  kernel: Size2d,
  options: Loose<Omit<Pool2dOptions, 'kernel'>> = {},
): (x: Tensor) => Tensor {
  return (x) => maxPool2d(x, kernel, options);
}

/** A layer without variables that takes the mean under each window. */
export function averagePool(
  kernel: Size2d,
  options: Loose<Omit<AveragePool2dOptions, 'kernel'>> = {},
): (x: Tensor) => Tensor {
  return (x) => averagePool2d(x, kernel, options);
}

/** `[N, C, H, W]` to `[N, C]`: the mean of each channel. */
export function globalAveragePool(x: Tensor): Tensor {
  return mean(x, { axes: [2, 3] });
}
