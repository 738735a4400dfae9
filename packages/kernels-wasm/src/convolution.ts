// Convolutions of images in linear memory: the forward kernel is one, so is the gradient with
// respect to the input of a convolution with stride 1.

import type { ActivationCode } from './activation.ts';
import type { Engine } from './engine.ts';
import { multiply, packedBytes, productScratch, type Seed } from './product.ts';
import { type Planes, planesTogether, preparePlanes, type Window, windowTable } from './window.ts';

/** Sizes and places of a convolution of `batch` images. */
export interface Convolution {
  readonly batch: number;
  readonly channels: number;
  readonly outputs: number;
  readonly groups: number;
  readonly window: Window;
  /** Address of the images. */
  readonly source: number;
  /** Address of one value per output channel; 0: none. */
  readonly bias: number;
  readonly activation: ActivationCode;
  readonly to: number;
}

/** Padded planes, and the table of what a window sees of them. */
interface Prepared {
  readonly planes: Planes;
  readonly offsets: number;
}

/** Packs the rows of weights `[groups, outputs, k]` at `from`, group by group. */
export function packGroups(
  engine: Engine,
  groups: number,
  outputs: number,
  k: number,
  from: number,
  to: number,
): void {
  const bytes = packedBytes(outputs, k, 4);
  for (let g = 0; g < groups; g++) {
    engine.wasm.packRows(from + g * outputs * k * 4, k * 4, 4, outputs, k, to + g * bytes);
  }
}

/**
 * Matrix product of the weights, from `packGroups`, with the columns under the window, gathered
 * while packing.
 */
export function convolve(engine: Engine, convolution: Convolution, weights: number): void {
  const { batch, channels, outputs, groups, window, source, bias, activation, to } = convolution;
  const { strides, height, width, rows, columns } = window;
  const [m, n] = [outputs / groups, rows * columns];
  const perGroup = channels / groups;
  const k = perGroup * window.kernel[0] * window.kernel[1];
  const bytes = perGroup * height * width * 4;
  const images = batch * groups;
  const prepare = (part: Engine): Prepared => {
    const planes = preparePlanes(part, window, perGroup, 0);
    return { planes, offsets: windowTable(part, window, planes, perGroup) };
  };
  /** Computes the lines from `first` to `end` of image `i`. */
  const compute = (
    part: Engine,
    { planes, offsets }: Prepared,
    base: number,
    i: number,
    [first, end]: readonly [number, number],
    scratch: number,
  ): void => {
    const [line, step] = [strides[0] * planes.width * 4, strides[1] * 4];
    // Lines that follow each other without a gap are one.
    const width = line === columns * step ? n : columns;
    const group = i % groups;
    const seed: Seed = bias ? { kind: 'rows', address: bias + group * m * 4 } : { kind: 'zero' };
    multiply(part, scratch, {
      rows: weights + group * packedBytes(m, k, 4),
      columns: { base: base + first * line, offsets, width, line, step },
      to: to + (i * m * n + first * columns) * 4,
      ...{ m, n: (end - first) * columns, rowLength: n, k, seed, activation },
    });
  };
  if (images < engine.threads) {
    // Too few images to go round: the threads share the lines of each.
    const prepared = prepare(engine);
    for (let i = 0; i < images; i++) {
      const base = prepared.planes.prepare(source + i * bytes, perGroup);
      engine.split(rows, m * n * k, (part, first, end) =>
        compute(part, prepared, base, i, [first, end], productScratch(part, k)),
      );
    }
    return;
  }
  engine.split(images, images * m * n * k, (part, start, end) => {
    const prepared = prepare(part);
    const scratch = productScratch(part, k);
    part.repeat(end - start, (n) => {
      const base = prepared.planes.prepare(source + (start + n) * bytes, perGroup);
      compute(part, prepared, base, start + n, [0, rows], scratch);
    });
  });
}

/** One input channel per group: every plane by itself, with weights as they come. */
export function convolvePlanes(engine: Engine, convolution: Convolution, weights: number): void {
  const { batch, channels, outputs, window, source, bias, activation, to } = convolution;
  const { height, width, rows, columns } = window;
  const multiplier = outputs / channels;
  const taps = window.kernel[0] * window.kernel[1];
  const share = batch < engine.threads ? Math.ceil(channels / engine.threads) : channels;
  const together = planesTogether(window, share);
  const runs = Math.ceil(channels / together);
  engine.split(batch * runs, batch * outputs * rows * columns * taps, (part, start, end) => {
    const planes = preparePlanes(part, window, together, 0);
    const offsets = windowTable(part, window, planes, 1);
    for (let run = start; run < end; run++) {
      const [n, c] = [Math.floor(run / runs), (run % runs) * together];
      const count = Math.min(together, channels - c);
      const first = c * multiplier;
      part.wasm.depthwise(
        planes.prepare(source + (n * channels + c) * height * width * 4, count),
        planes.plane * 4,
        planes.width,
        to + (n * outputs + first) * rows * columns * 4,
        count * multiplier,
        multiplier,
        rows,
        columns,
        ...window.strides,
        weights + first * taps * 4,
        offsets,
        taps,
        bias ? bias + first * 4 : 0,
        ...activation,
      );
    }
  });
}
