import { type Shape, sizeOf } from '@subbyte/tensor';
import type { GridOptions } from '../options.ts';
import { checkAxis, checkShape, checkWhole, fail, show } from './check.ts';

/**
 * Shape of the quantization kernels: that of `x`.
 * @throws KernelError unless scale and zero point cover `x` as `GridOptions` says.
 */
export function quantizeShape(
  kernel: string,
  x: Shape,
  scale: Shape,
  zeroPoint: Shape | undefined,
  { axis, groupSize }: GridOptions,
): number[] {
  if (zeroPoint !== undefined && !(sizeOf(zeroPoint) === 1 && sizeOf(scale) === 1)) {
    checkShape(kernel, 'zeroPoint', zeroPoint, scale);
  }
  if (sizeOf(scale) === 1) return [...x];
  checkAxis(kernel, axis, x);
  checkWhole(kernel, 'groupSize', [groupSize], 0);
  const expected =
    groupSize === 0
      ? [x[axis] as number]
      : x.map((size, i) => (i === axis ? Math.ceil(size / groupSize) : size));
  if (scale.length !== expected.length || scale.some((size, i) => size !== expected[i])) {
    const what = groupSize === 0 ? `axis ${axis}` : `groups of ${groupSize} along axis ${axis}`;
    fail(kernel, `scale ${show(scale)} does not cover ${what} of x ${show(x)}: ${show(expected)}`);
  }
  return [...x];
}
