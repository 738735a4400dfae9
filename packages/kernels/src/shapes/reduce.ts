import type { Shape } from '@subbyte/tensor';
import type { ReduceOptions } from '../options.ts';
import { checkAxis, fail, show } from './check.ts';

/**
 * Shape of the reductions: reduced axes get size 1 or go away.
 * @throws KernelError unless the axes are non-negative, ascending, distinct and axes of `x`.
 */
export function reduceShape(x: Shape, options: ReduceOptions, kernel = 'reduce'): number[] {
  const { axes, keepAxes } = options;
  for (const [i, axis] of axes.entries()) {
    checkAxis(kernel, axis, x);
    if (i > 0 && axis <= (axes[i - 1] as number)) {
      fail(kernel, `axes ${show(axes)}: expected ascending, distinct axes`);
    }
  }
  if (keepAxes) return x.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return x.filter((_, axis) => !axes.includes(axis));
}
