import type { ResizeOptions } from '@subbyte/kernels';
import type { Shape } from '@subbyte/tensor';
import { splitAt } from './grid.ts';
import { defineKernel, type KernelFactory } from './kernel.ts';
import type { Entry } from './scatter.ts';

const f = Math.fround;

type Sizes = readonly [input: number, output: number, scale: number];

const halfPixel = (i: number, scale: number): number => f(f(f(i + 0.5) / scale) - 0.5);

/** Input coordinate of output position `i`, in float32 step by step: ties depend on it. */
const coordinateRules: {
  readonly [C in ResizeOptions['coordinates']]: (i: number, sizes: Sizes) => number;
} = {
  half_pixel: (i, [, , scale]) => halfPixel(i, scale),
  half_pixel_symmetric: (i, [input, output, scale]) => {
    const adjustment = f(output / f(scale * input));
    return f(f(f(input / 2) * f(1 - adjustment)) + halfPixel(i, scale));
  },
  pytorch_half_pixel: (i, [, output, scale]) => (output > 1 ? halfPixel(i, scale) : 0),
  align_corners: (i, [input, output]) => (output === 1 ? 0 : f(f(i * (input - 1)) / (output - 1))),
  asymmetric: (i, [, , scale]) => f(i / scale),
};

const nearestRules: { readonly [N in ResizeOptions['nearest']]: (x: number) => number } = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Input coordinates of the positions along `axis`, kept inside the image. */
function coordinates(x: Shape, options: ResizeOptions, axis: number): number[] {
  const input = x[axis] as number;
  const output = options.shape[axis] as number;
  const scale = f(options.scales[axis] as number);
  const same = scale === 1 && input === output;
  const rule = coordinateRules[options.coordinates];
  return Array.from({ length: output }, (_, i) => (same ? i : rule(i, [input, output, scale])));
}

const inside = (value: number, length: number): number => Math.min(Math.max(value, 0), length - 1);

/** Vectors of positions are read whole, so the last one must be. */
const wholeVectors = (positions: readonly number[]): number[] => [...positions, 0, 0, 0];

/** Whether only the last two axes change, by a rule that has code here. */
export function isSeparable(x: Shape, { mode, shape, scales }: ResizeOptions): boolean {
  return (
    mode !== 'cubic' &&
    shape.length >= 2 &&
    x.slice(0, -2).every((size, axis) => size === shape[axis] && scales[axis] === 1)
  );
}

/** What each position along `axis` was made from: the transpose of resampling `x`. */
export function resizeEntries(x: Shape, options: ResizeOptions, axis: number): Entry[] {
  const length = x[axis] as number;
  const round = nearestRules[options.nearest];
  return coordinates(x, options, axis).flatMap((value, source) => {
    if (options.mode === 'nearest') {
      return [{ source, target: inside(round(value), length), weight: 1 }];
    }
    const place = inside(value, length);
    const first = Math.floor(place);
    return [
      { source, target: first, weight: 1 - (place - first) },
      { source, target: inside(first + 1, length), weight: place - first },
    ];
  });
}

/** Resamples the last two axes, nearest or linear. */
export const resize: KernelFactory<'resize'> = defineKernel(
  'resize',
  ([x], options) => x.dtype === 'float32' && isSeparable(x.shape, options),
  (engine, [x], options, result) => {
    const rank = x.shape.length;
    const [height, width] = [x.shape[rank - 2] as number, x.shape[rank - 1] as number];
    const [rows, columns] = [result.shape[rank - 2] as number, result.shape[rank - 1] as number];
    const { outer } = splitAt(x.shape, rank - 2);
    const down = coordinates(x.shape, options, rank - 2);
    const across = coordinates(x.shape, options, rank - 1);
    const from = engine.address(x);
    const geometry = [from, result.address, outer, height * width, width] as const;
    if (options.mode === 'nearest') {
      const round = nearestRules[options.nearest];
      const positions = (list: readonly number[], length: number): number =>
        engine.table(list.map((value) => inside(round(value), length)));
      const [rowOf, columnOf] = [positions(down, height), positions(across, width)];
      engine.wasm.resizeNearest(...geometry, rows, rowOf, columns, columnOf);
      return;
    }
    const tables = (list: readonly number[], length: number): [number, number, number] => {
      const places = list.map((value) => inside(value, length));
      const first = places.map(Math.floor);
      return [
        engine.table(wholeVectors(first)),
        engine.table(wholeVectors(first.map((place) => inside(place + 1, length)))),
        engine.table(Float32Array.from(places, (place, i) => place - (first[i] as number))),
      ];
    };
    const [upper, lower, rowWeight] = tables(down, height);
    const [left, right, columnWeight] = tables(across, width);
    engine.wasm.resizeLinear(
      ...geometry,
      ...([rows, upper, lower, rowWeight, columns, left, right, columnWeight] as const),
    );
  },
);
