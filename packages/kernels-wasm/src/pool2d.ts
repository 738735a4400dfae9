import type { OptionsOf } from '@subbyte/kernels';
import type { Shape, Tensor } from '@subbyte/tensor';
import type { Engine } from './engine.ts';
import { allFloat32, defineKernel, type KernelFactory, type Result } from './kernel.ts';
import { computeReduction } from './reduction.ts';
import { planesTogether, preparePlanes, type Window, windowTable } from './window.ts';

type Sizes = readonly [number, number, number, number];

/** The window that pools images of shape `x` to results of shape `y`. */
export function poolWindow(x: Shape, y: Shape, options: OptionsOf<'maxPool2d'>): Window {
  const { kernel, strides, dilations, padding } = options;
  const [, , height, width] = x as Sizes;
  const [, , rows, columns] = y as Sizes;
  const [top, left] = padding;
  return { kernel, strides, dilations, top, left, height, width, rows, columns };
}

/** Calls `pool` for each run of planes, padded, with the place of its result. */
function forEachRun(
  engine: Engine,
  x: Tensor,
  window: Window,
  result: Result,
  fill: number,
  pool: (
    ...sizes: [
      x: number,
      plane: number,
      planes: number,
      width: number,
      y: number,
      rows: number,
      columns: number,
      strideY: number,
      strideX: number,
      offsets: number,
      taps: number,
    ]
  ) => void,
): void {
  const [batch, channels] = x.shape as Sizes;
  const { kernel, height, width, rows, columns, strides } = window;
  const all = batch * channels;
  const together = planesTogether(window, all);
  const planes = preparePlanes(engine, window, together, fill);
  const offsets = windowTable(engine, window, planes, 1);
  const source = engine.address(x);
  for (let i = 0; i < all; i += together) {
    const count = Math.min(together, all - i);
    pool(
      planes.prepare(source + i * height * width * 4, count),
      planes.plane * 4,
      count,
      planes.width,
      result.address + i * rows * columns * 4,
      rows,
      columns,
      ...strides,
      offsets,
      kernel[0] * kernel[1],
    );
  }
}

/** Maximum of each window. */
export const maxPool2d: KernelFactory<'maxPool2d'> = defineKernel(
  'maxPool2d',
  allFloat32,
  (engine, [x], options, result) => {
    const window = poolWindow(x.shape, result.shape, options);
    forEachRun(engine, x, window, result, Number.NEGATIVE_INFINITY, engine.wasm.maxPool);
  },
);

/** Elements of each window along `axis` that count. */
function counts(window: Window, options: OptionsOf<'averagePool2d'>, axis: 0 | 1): number[] {
  const length = axis === 0 ? window.height : window.width;
  const before = options.padding[axis];
  const padded = length + (options.countPadding ? options.padding[axis === 0 ? 2 : 3] : 0);
  const positions = axis === 0 ? window.rows : window.columns;
  return Array.from({ length: positions }, (_, i) => {
    let count = 0;
    for (let t = 0; t < options.kernel[axis]; t++) {
      const place = i * options.strides[axis] - before + t * options.dilations[axis];
      if (place < padded && (options.countPadding || place >= 0)) count++;
    }
    return count;
  });
}

/** Elements of each window that count, at least 1, row by row. */
export function averageCounts(window: Window, options: OptionsOf<'averagePool2d'>): Float32Array {
  const across = counts(window, options, 1);
  return Float32Array.from(
    counts(window, options, 0).flatMap((down) => across.map((count) => Math.max(down * count, 1))),
  );
}

/** Mean of each window, with the padding or without. */
export const averagePool2d: KernelFactory<'averagePool2d'> = defineKernel(
  'averagePool2d',
  allFloat32,
  (engine, [x], options, result) => {
    const window = poolWindow(x.shape, result.shape, options);
    const { kernel, dilations } = options;
    const covers = kernel[0] === window.height && kernel[1] === window.width;
    const plain = options.padding.every((p) => p === 0) && dilations.every((d) => d === 1);
    if (covers && plain) {
      const from = { address: engine.address(x), shape: x.shape };
      computeReduction(engine, 'reduceMean', from, [2, 3], result);
      return;
    }
    const table = engine.table(averageCounts(window, options));
    forEachRun(engine, x, window, result, 0, (...sizes) =>
      engine.wasm.averagePool(...sizes, table),
    );
  },
);
