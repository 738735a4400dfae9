import { type Shape, stridesOf, type Tensor } from '@subbyte/tensor';
import type { AxisOptions } from '../options.ts';
import { fail } from '../shapes/check.ts';
import type { Kernel } from '../table.ts';
import { combineOffsets, copyFrom, offsetList, splitAt, stridedOffsets } from './offsets.ts';
import { allocateResult } from './result.ts';

/** The indices counted from the front. @throws KernelError for one outside the axis. */
function resolve(kernel: string, indices: Tensor, length: number): Int32Array {
  return Int32Array.from(indices.data as ArrayLike<number | bigint>, (value) => {
    const index = Number(value);
    if (index < -length || index >= length) {
      fail(kernel, `index ${value} is outside an axis of ${length} elements`);
    }
    return index < 0 ? index + length : index;
  });
}

/** For each element of `gather`'s result where it lies in `shape`. */
export function gatherOffsets(
  kernel: string,
  shape: Shape,
  indices: Tensor,
  { axis }: AxisOptions,
): Int32Array {
  const { outer, length, inner } = splitAt(shape, axis);
  const chosen = resolve(kernel, indices, length).map((index) => index * inner);
  return combineOffsets([offsetList(outer, length * inner), chosen, offsetList(inner, 1)]);
}

/** For each element of `gatherElements`' result where it lies in `shape`. */
export function gatherElementsOffsets(
  kernel: string,
  shape: Shape,
  indices: Tensor,
  { axis }: AxisOptions,
): Int32Array {
  const { length, inner } = splitAt(shape, axis);
  const chosen = resolve(kernel, indices, length);
  const strides = stridesOf(shape).map((stride, i) => (i === axis ? 0 : stride));
  const offsets = stridedOffsets(indices.shape, strides);
  return offsets.map((offset, i) => offset + (chosen[i] as number) * inner);
}

/** Takes whole slices of `x` at `indices` along `axis`. */
export const gather: Kernel<'gather'> = (operands, options) => {
  const [x, indices] = operands;
  const result = allocateResult('gather', operands, options);
  return copyFrom(result, x, gatherOffsets('gather', x.shape, indices, options));
};

/** Takes single elements: `result[i, j] = x[indices[i, j], j]` for axis 0. */
export const gatherElements: Kernel<'gatherElements'> = (operands, options) => {
  const [x, indices] = operands;
  const result = allocateResult('gatherElements', operands, options);
  const offsets = gatherElementsOffsets('gatherElements', x.shape, indices, options);
  return copyFrom(result, x, offsets);
};
