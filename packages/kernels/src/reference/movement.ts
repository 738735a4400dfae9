import { broadcastStrides, type Shape, stridesOf } from '@subbyte/tensor';
import type { SliceOptions } from '../options.ts';
import type { Kernel } from '../table.ts';
import { numbersOf } from './arrays.ts';
import { axisOffsets, copyFrom, splitAt, stridedOffsets } from './offsets.ts';
import { allocateResult } from './result.ts';

/** Reorders the axes. */
export const transpose: Kernel<'transpose'> = (operands, options) => {
  const [x] = operands;
  const result = allocateResult('transpose', operands, options);
  const strides = stridesOf(x.shape);
  const reordered = options.permutation.map((axis) => strides[axis] as number);
  return copyFrom(result, x, stridedOffsets(result.shape, reordered));
};

/** For each element of the slice where it lies in `shape`. */
export function sliceOffsets(shape: Shape, { starts, sizes, steps }: SliceOptions): Int32Array {
  return axisOffsets(shape, (axis) => {
    const [start, step] = [starts[axis] as number, steps[axis] as number];
    return Int32Array.from({ length: sizes[axis] as number }, (_, i) => start + i * step);
  });
}

/** Takes every `step`-th element along each axis. */
export const slice: Kernel<'slice'> = (operands, options) => {
  const [x] = operands;
  const result = allocateResult('slice', operands, options);
  return copyFrom(result, x, sliceOffsets(x.shape, options));
};

/** Puts tensors one behind the other along `axis`. */
export const concat: Kernel<'concat'> = (operands, options) => {
  const result = allocateResult('concat', operands, options);
  const { outer, length, inner } = splitAt(result.shape, options.axis);
  // Bigint arrays work alike: elements are only moved.
  const to = numbersOf(result);
  let start = 0;
  for (const x of operands) {
    const from = numbersOf(x);
    const block = (x.shape[options.axis] as number) * inner;
    for (let o = 0; o < outer; o++) {
      to.set(from.subarray(o * block, (o + 1) * block), o * length * inner + start);
    }
    start += block;
  }
  return result;
};

/** Broadcasts to `shape` (ONNX Expand). */
export const expand: Kernel<'expand'> = (operands, options) => {
  const [x] = operands;
  const result = allocateResult('expand', operands, options);
  const strides = broadcastStrides(x.shape, result.shape);
  return copyFrom(result, x, stridedOffsets(result.shape, strides));
};

/** Repeats the tensor along each axis. */
export const tile: Kernel<'tile'> = (operands, options) => {
  const [x] = operands;
  const result = allocateResult('tile', operands, options);
  const offsets = axisOffsets(x.shape, (axis, length) =>
    Int32Array.from({ length: length * (options.repeats[axis] as number) }, (_, i) => i % length),
  );
  return copyFrom(result, x, offsets);
};
