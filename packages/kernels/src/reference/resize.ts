// ONNX Resize. Coordinates are computed in float32, step by step as onnxruntime does, because the
// nearest modes decide ties by them.

import { type Shape, sizeOf } from '@subbyte/tensor';
import type { ResizeOptions } from '../options.ts';
import type { Kernel } from '../table.ts';
import { numbersOf } from './arrays.ts';
import { axisOffsets, copyFrom } from './offsets.ts';
import { allocateResult } from './result.ts';

const f = Math.fround;

/** Sizes along one axis. */
interface AxisSizes {
  readonly input: number;
  readonly output: number;
  readonly scale: number;
}

const halfPixel = (i: number, { scale }: AxisSizes): number => f(f(f(i + 0.5) / scale) - 0.5);

const coordinateRules: {
  readonly [C in ResizeOptions['coordinates']]: (i: number, sizes: AxisSizes) => number;
} = {
  half_pixel: halfPixel,
  half_pixel_symmetric: (i, sizes) => {
    const adjustment = f(sizes.output / f(sizes.scale * sizes.input));
    const offset = f(f(sizes.input / 2) * f(1 - adjustment));
    return f(offset + halfPixel(i, sizes));
  },
  pytorch_half_pixel: (i, sizes) => (sizes.output > 1 ? halfPixel(i, sizes) : 0),
  align_corners: (i, { input, output }) =>
    output === 1 ? 0 : f(f(i * (input - 1)) / (output - 1)),
  asymmetric: (i, { scale }) => f(i / scale),
};

const nearestRules: { readonly [N in ResizeOptions['nearest']]: (x: number) => number } = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Where each output position along `axis` lies in the input. */
function coordinates(options: ResizeOptions, axis: number, input: number): Float32Array {
  const output = options.shape[axis] as number;
  const sizes = { input, output, scale: f(options.scales[axis] as number) };
  if (sizes.scale === 1 && input === output)
    return Float32Array.from({ length: output }, (_, i) => i);
  const rule = coordinateRules[options.coordinates];
  return Float32Array.from({ length: output }, (_, i) => rule(i, sizes));
}

const clampIndex = (index: number, length: number): number =>
  Math.min(Math.max(index, 0), length - 1);

/** Input positions and their weights for one output position. */
export interface Taps {
  readonly positions: readonly number[];
  readonly weights: readonly number[];
}

function linearTaps(coordinate: number, length: number): Taps {
  const x = clampIndex(coordinate, length);
  const left = Math.floor(x);
  const right = clampIndex(left + 1, length);
  return { positions: [left, right], weights: [1 - (x - left), x - left] };
}

/** Keys' cubic convolution kernel (1981) with coefficient `a`, at distance `d`. */
function cubicWeight(distance: number, a: number): number {
  const d = Math.abs(distance);
  if (d <= 1) return (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1;
  if (d < 2) return a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a;
  return 0;
}

function cubicTaps(coordinate: number, length: number, options: ResizeOptions): Taps {
  const first = Math.floor(coordinate) - 1;
  const positions = [first, first + 1, first + 2, first + 3];
  const weights = positions.map((position) => {
    const skip = options.excludeOutside && (position < 0 || position >= length);
    return skip ? 0 : cubicWeight(coordinate - position, options.cubicCoefficient);
  });
  const total = options.excludeOutside ? weights.reduce((a, b) => a + b, 0) : 1;
  return {
    positions: positions.map((position) => clampIndex(position, length)),
    weights: weights.map((weight) => weight / total),
  };
}

/** Resamples the middle axis of `[outer, length, inner]`. */
function resample(
  from: ArrayLike<number>,
  outer: number,
  length: number,
  inner: number,
  taps: readonly Taps[],
): Float64Array {
  const to = new Float64Array(outer * taps.length * inner);
  for (let o = 0; o < outer; o++) {
    for (const [k, { positions, weights }] of taps.entries()) {
      for (const [t, position] of positions.entries()) {
        const weight = weights[t] as number;
        if (weight === 0) continue;
        const source = (o * length + position) * inner;
        const target = (o * taps.length + k) * inner;
        for (let i = 0; i < inner; i++) {
          to[target + i] = (to[target + i] as number) + weight * (from[source + i] as number);
        }
      }
    }
  }
  return to;
}

/** For each element of a nearest resize where it lies in `shape`. */
export function nearestOffsets(shape: Shape, options: ResizeOptions): Int32Array {
  const round = nearestRules[options.nearest];
  return axisOffsets(shape, (axis, length) =>
    coordinates(options, axis, length).map((c) => clampIndex(round(c), length)),
  );
}

/**
 * For each output position along `axis` of `shape` what a linear or cubic resize adds up;
 * `undefined` where the axis stays as it is.
 */
export function resizeTaps(
  shape: Shape,
  axis: number,
  options: ResizeOptions,
): readonly Taps[] | undefined {
  const length = shape[axis] as number;
  if (options.scales[axis] === 1 && options.shape[axis] === length) return undefined;
  return Array.from(coordinates(options, axis, length), (c) =>
    options.mode === 'linear' ? linearTaps(c, length) : cubicTaps(c, length, options),
  );
}

/** Resizes along every axis whose size or scale changes (ONNX Resize). */
export const resize: Kernel<'resize'> = (operands, options) => {
  const [x] = operands;
  const result = allocateResult('resize', operands, options);
  if (options.mode === 'nearest') return copyFrom(result, x, nearestOffsets(x.shape, options));
  let values: ArrayLike<number> = numbersOf(x);
  for (const [axis, length] of x.shape.entries()) {
    const taps = resizeTaps(x.shape, axis, options);
    if (taps === undefined) continue;
    const outer = sizeOf(result.shape.slice(0, axis));
    values = resample(values, outer, length, sizeOf(x.shape.slice(axis + 1)), taps);
  }
  numbersOf(result).set(values);
  return result;
};
