import { type DataType, isFloat, type Shape, sizeOf, type Tensor } from '@subbyte/tensor';
import type { AveragePool2dOptions, Pool2dOptions } from '../options.ts';
import type { Kernel } from '../table.ts';
import { bigIntsOf, holdsBigInts, numbersOf } from './arrays.ts';
import { saturate, saturateBigInt } from './cast.ts';
import { allocateResult } from './result.ts';

type Sizes = readonly [number, number, number, number];

/** Calls `visit` for each window: its place in the result, its plane, its first row and column. */
export function forEachWindow(
  result: Shape,
  options: Pool2dOptions,
  visit: (index: number, plane: number, top: number, left: number) => void,
): void {
  const [batch, channels, rows, columns] = result as Sizes;
  let index = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (let row = 0; row < rows; row++) {
      const top = row * options.strides[0] - options.padding[0];
      for (let column = 0; column < columns; column++) {
        visit(index++, plane, top, column * options.strides[1] - options.padding[1]);
      }
    }
  }
}

/** Offsets in an image of shape `x` of the elements under the window at `top`, `left` of `plane`. */
function* elementsOf(
  x: Shape,
  options: Pool2dOptions,
  plane: number,
  top: number,
  left: number,
): Generator<number> {
  const [, , height, width] = x as Sizes;
  for (let ky = 0; ky < options.kernel[0]; ky++) {
    const y = top + ky * options.dilations[0];
    if (y < 0 || y >= height) continue;
    for (let kx = 0; kx < options.kernel[1]; kx++) {
      const position = left + kx * options.dilations[1];
      if (position >= 0 && position < width) yield (plane * height + y) * width + position;
    }
  }
}

/** Offset of the first maximum under each window (a NaN counts as one); -1 in padding only. */
export function maxOffsets(x: Tensor, result: Shape, options: Pool2dOptions): Int32Array {
  // Comparisons are the same for bigints.
  const from = numbersOf(x);
  const offsets = new Int32Array(sizeOf(result));
  forEachWindow(result, options, (index, plane, top, left) => {
    let best = -1;
    for (const offset of elementsOf(x.shape, options, plane, top, left)) {
      const value = from[offset] as number;
      if (best < 0 || value > (from[best] as number) || Object.is(value, Number.NaN)) best = offset;
    }
    offsets[index] = best;
  });
  return offsets;
}

/** The neutral element of the maximum: `-Infinity` or the smallest integer. */
function lowest(dtype: DataType): number {
  return isFloat(dtype) ? Number.NEGATIVE_INFINITY : saturate(Number.NEGATIVE_INFINITY, dtype);
}

/** Maximum of each window; padding counts as `-Infinity` or the smallest integer. */
export const maxPool2d: Kernel<'maxPool2d'> = (operands, options) => {
  const [x] = operands;
  const result = allocateResult('maxPool2d', operands, options);
  const offsets = maxOffsets(x, result.shape, options);
  if (holdsBigInts(x)) {
    const none = saturateBigInt(Number.NEGATIVE_INFINITY, x.dtype);
    const [from, to] = [bigIntsOf(x), bigIntsOf(result)];
    for (let i = 0; i < to.length; i++) to[i] = from[offsets[i] as number] ?? none;
  } else {
    const none = lowest(x.dtype);
    const [from, to] = [numbersOf(x), numbersOf(result)];
    for (let i = 0; i < to.length; i++) to[i] = from[offsets[i] as number] ?? none;
  }
  return result;
};

/** Flat position in `x` of the first maximum of each window; -1 for a window in padding only. */
export const maxPool2dIndices: Kernel<'maxPool2dIndices'> = (operands, options) => {
  const [x] = operands;
  const result = allocateResult('maxPool2dIndices', operands, options);
  const [, , height, width] = x.shape as Sizes;
  const to = bigIntsOf(result);
  const offsets = maxOffsets(x, result.shape, options);
  for (let i = 0; i < to.length; i++) {
    const offset = offsets[i] as number;
    const inPlane = offset % (height * width);
    const transposed = (inPlane % width) * height + Math.floor(inPlane / width);
    to[i] = BigInt(options.columnMajor && offset >= 0 ? offset - inPlane + transposed : offset);
  }
  return result;
};

/** Window positions along `axis` that lie in the padded image. */
function covered(x: Shape, options: AveragePool2dOptions, axis: 0 | 1, start: number): number {
  const end = (x[axis + 2] as number) + options.padding[(axis + 2) as 2 | 3];
  return Math.min(options.kernel[axis], Math.ceil((end - start) / options.dilations[axis]));
}

/**
 * Offsets in an image of shape `x` that the window at `top`, `left` of `plane` averages, and the
 * number it divides their sum by; nothing is averaged when that is 0.
 */
export function averaged(
  x: Shape,
  options: AveragePool2dOptions,
  plane: number,
  top: number,
  left: number,
): readonly [offsets: readonly number[], count: number] {
  const offsets = [...elementsOf(x, options, plane, top, left)];
  if (!options.countPadding) return [offsets, offsets.length];
  return [offsets, covered(x, options, 0, top) * covered(x, options, 1, left)];
}

/**
 * Mean of each window: over the elements in the image, or with `countPadding` over the padded
 * image (what `ceil` adds beyond the padding never counts). A window in padding only gives 0.
 */
export const averagePool2d: Kernel<'averagePool2d'> = (operands, options) => {
  const [x] = operands;
  const result = allocateResult('averagePool2d', operands, options);
  const [from, to] = [numbersOf(x), numbersOf(result)];
  forEachWindow(result.shape, options, (index, plane, top, left) => {
    const [offsets, count] = averaged(x.shape, options, plane, top, left);
    let sum = 0;
    for (const offset of offsets) sum += from[offset] as number;
    to[index] = count === 0 ? 0 : sum / count;
  });
  return result;
};
