// Most kernels that move or broadcast elements are a gather along per-axis lists of offsets.

import { type Shape, sizeOf, stridesOf, type Tensor } from '@subbyte/tensor';
import { numbersOf } from './arrays.ts';

/** Marks an element that comes from nowhere (padding). */
export const outside = -1;

/**
 * Offsets of every element of a grid whose position `[i, j, …]` lies at
 * `lists[0][i] + lists[1][j] + …`, in row-major order; `outside` in any list wins.
 */
export function combineOffsets(lists: readonly ArrayLike<number>[]): Int32Array {
  let offsets = Int32Array.of(0);
  for (const list of lists) {
    const next = new Int32Array(offsets.length * list.length);
    let position = 0;
    for (const base of offsets) {
      for (let i = 0; i < list.length; i++) {
        const step = list[i] as number;
        next[position++] = base === outside || step === outside ? outside : base + step;
      }
    }
    offsets = next;
  }
  return offsets;
}

/** The offsets `0, stride, 2 stride, …`. */
export function offsetList(length: number, stride: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i * stride);
}

/** Offsets of every element of `shape` under `strides`, in row-major order. */
export function stridedOffsets(shape: Shape, strides: readonly number[]): Int32Array {
  return combineOffsets(shape.map((length, axis) => offsetList(length, strides[axis] as number)));
}

/** Offsets of the elements of `shape` taken at `indices(axis, length)` along each axis. */
export function axisOffsets(
  shape: Shape,
  indices: (axis: number, length: number) => ArrayLike<number>,
): Int32Array {
  const strides = stridesOf(shape);
  return combineOffsets(
    shape.map((length, axis) =>
      Int32Array.from(indices(axis, length), (i) =>
        i === outside ? outside : i * (strides[axis] as number),
      ),
    ),
  );
}

/** Copies `x[offsets[i]]` to `result[i]`; both have one data type. Skips `outside`. */
export function copyFrom(result: Tensor, x: Tensor, offsets: Int32Array): Tensor {
  // Bigint arrays work alike: elements are only moved.
  const to = numbersOf(result);
  const from = numbersOf(x);
  for (let i = 0; i < offsets.length; i++) {
    const offset = offsets[i] as number;
    if (offset !== outside) to[i] = from[offset] as number;
  }
  return result;
}

/** How an axis splits a shape: elements before it, along it, after it. */
export interface AxisSplit {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** Splits `shape` at `axis`. */
export function splitAt(shape: Shape, axis: number): AxisSplit {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    length: shape[axis] as number,
    inner: sizeOf(shape.slice(axis + 1)),
  };
}
