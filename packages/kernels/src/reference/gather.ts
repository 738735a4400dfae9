import { stridesOf, type Tensor } from '@subbyte/tensor';
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

/** Takes whole slices of `x` at `indices` along `axis`. */
export const gather: Kernel<'gather'> = (operands, options) => {
  const [x, indices] = operands;
  const result = allocateResult('gather', operands, options);
  const { outer, length, inner } = splitAt(x.shape, options.axis);
  const chosen = resolve('gather', indices, length).map((index) => index * inner);
  const offsets = combineOffsets([offsetList(outer, length * inner), chosen, offsetList(inner, 1)]);
  return copyFrom(result, x, offsets);
};

/** Takes single elements: `result[i, j] = x[indices[i, j], j]` for axis 0. */
export const gatherElements: Kernel<'gatherElements'> = (operands, options) => {
  const [x, indices] = operands;
  const result = allocateResult('gatherElements', operands, options);
  const { length, inner } = splitAt(x.shape, options.axis);
  const chosen = resolve('gatherElements', indices, length);
  const strides = stridesOf(x.shape).map((stride, axis) => (axis === options.axis ? 0 : stride));
  const offsets = stridedOffsets(result.shape, strides);
  return copyFrom(
    result,
    x,
    offsets.map((offset, i) => offset + (chosen[i] as number) * inner),
  );
};
