// Products of codes: `[batch, height, width, channels]` images under a window. Where the channels of neighbouring taps lie side
// by side the product reads the padded image itself; otherwise (3 channels, groups, dilated columns) windows are
// gathered in rows first, a line at a time.

import type { IntegerEpilogueOptions, OptionsOf } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import type { Engine } from '../engine.ts';
import { bitOperands, narrowOperands } from './algorithms.ts';
import { convolveBits } from './bit-convolution.ts';
import { epilogueTable } from './epilogue.ts';
import { paddedImages } from './image.ts';
import { convolveNarrow } from './narrow-convolution.ts';
import type { OffsetTerms } from './offsets.ts';
import { operandsFor, packWeights, wholePanels } from './weights.ts';

/** Operands of a product but `x`. */
export type Factors = readonly [
  weight: Tensor,
  bias: Tensor,
  multiplier: Tensor,
  residual?: Tensor | undefined,
  terms?: OffsetTerms | undefined,
];

/** Sizes of a convolution of codes. */
export interface CodeConvolution
  extends Omit<OptionsOf<'integerConv2d'>, keyof IntegerEpilogueOptions> {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outputs: number;
  readonly kernel: readonly [height: number, width: number];
  readonly rows: number;
  readonly columns: number;
}

/** Lines for every thread that make even shares of an image. */
const leastLines = 12;

/** Buffers of one part of the work. */
interface Buffers {
  readonly image: number;
  readonly corrections: number;
  readonly lines: number;
  readonly gathered: number;
  readonly scratch: number;
}

/** Lines of one image, ready for their products. */
interface Prepared {
  readonly from: number;
  /** Where the results of the first group go. */
  readonly target: number;
  /** Epilogue of each group. */
  readonly epilogues: readonly number[];
}

/** Convolves images of codes and writes the result to `to`. */
export function convolve(
  engine: Engine,
  x: Tensor,
  factors: Factors,
  sizes: CodeConvolution,
  options: IntegerEpilogueOptions,
  to: number,
): void {
  const [weight, bias, multiplier, residual, terms] = factors;
  const bits = bitOperands(engine, weight, options);
  if (bits) {
    convolveBits(engine, x, factors, sizes, options, bits, to);
    return;
  }
  const narrow = narrowOperands(engine, x, weight, options);
  if (narrow) {
    convolveNarrow(engine, x, factors, sizes, options, narrow, to);
    return;
  }
  const { batch, height, width, channels, outputs, kernel, rows, columns } = sizes;
  const { groups, strides, dilations, padding } = sizes;
  const operands = operandsFor(engine, weight, options.algorithm);
  const { bytes, offset, planes } = operands;
  const image = { height, width, channels, padding, zero: options.inputZero };
  const images = paddedImages(engine, x, image, bytes);
  const taps = kernel[0] * kernel[1];
  const [inputs, own] = [channels / groups, outputs / groups];
  const direct =
    planes > 0 &&
    groups === 1 &&
    (kernel[1] === 1 || dilations[1] === 1) &&
    (channels * bytes) % 4 === 0;
  const runs = direct ? kernel[0] : 1;
  const steps = Math.ceil(((direct ? kernel[1] : taps) * inputs * bytes) / 4);
  const packed = packWeights(
    engine,
    weight,
    operands,
    { groups, outputs: own, channels: inputs, taps },
    { runs, steps },
  );
  const base = engine.scratch(groups * wholePanels(own) * 4);
  const bases = packed.map(({ sums }, g) => {
    const at = base + g * wholePanels(own) * 4;
    engine.wasm.integerBase(engine.address(bias) + g * own * 4, sums, images.zero, own, at);
    return at;
  });
  const multipliers = engine.address(multiplier);
  const added = residual ? engine.address(residual) : 0;
  const elementBytes = options.output.dtype === 'float32' ? 4 : 1;
  const pixels = rows * columns;
  const spannedLines = dilations[0] * (kernel[0] - 1) + 2;

  const allocate = (part: Engine): Buffers => ({
    image: part.scratch(images.bufferBytes),
    corrections: part.scratch(offset > 0 ? groups * pixels * 4 : 0),
    lines: part.scratch((spannedLines * images.line * 4) / images.pixel + 16),
    gathered: direct ? 0 : part.scratch(columns * steps * 4 + 16),
    scratch: part.scratch(planes > 0 ? part.wasm.productScratch() : 128 * steps + 544),
  });

  const prepare = (
    part: Engine,
    n: number,
    buffers: Buffers,
    first = 0,
    end: number = rows,
  ): Prepared => {
    const whole = first === 0 && end === rows;
    const from = whole
      ? images.prepare(part, n, buffers.image)
      : images.prepare(
          ...([part, n, buffers.image] as const),
          first * strides[0],
          (end - 1) * strides[0] + dilations[0] * (kernel[0] - 1) + 1,
        );
    const before = (n * pixels + first * columns) * outputs;
    const epilogues = bases.map((place, g) => {
      const corrections = buffers.corrections + g * pixels * 4;
      if (offset > 0) {
        part.wasm.windowSums(
          from + g * inputs,
          corrections,
          end - first,
          columns,
          images.line / images.pixel,
          images.pixel,
          inputs,
          ...kernel,
          ...strides,
          ...dilations,
          -offset,
          buffers.lines,
        );
      }
      return epilogueTable(part, outputs, residual, options, {
        base: place,
        multiplier: multipliers + g * own * 4,
        corrections: offset > 0 ? corrections : 0,
        residual: added && added + before + g * own,
        offsets: terms?.(n, g),
      });
    });
    return { from, target: to + before * elementBytes, epilogues };
  };

  /** Computes pixels `first` to `end` of what is prepared; whole lines unless the product is direct. */
  const compute = (
    part: Engine,
    { from, target, epilogues }: Prepared,
    first: number,
    end: number,
    { gathered, scratch }: Buffers,
  ): void => {
    const { product8, product16, productShifts } = part.wasm;
    const inBytes = planes > 0 ? product8 : productShifts;
    const product = bytes === 1 ? inBytes : product16;
    const [line, step] = [strides[0] * images.line, strides[1] * images.pixel];
    for (const [g, epilogue] of epilogues.entries()) {
      const { panels } = packed[g] as { panels: number };
      const place = target + g * own * elementBytes;
      const rest = [panels, planes, 0, own, place, epilogue, scratch] as const;
      if (direct) {
        const runStride = dilations[0] * images.line;
        product(from, columns, line, step, first, end - first, runs, steps, runStride, ...rest);
        continue;
      }
      part.repeat((end - first) / columns, (i) => {
        const at = first + i * columns;
        part.wasm.gatherWindows(
          from + (at / columns) * line + g * inputs * bytes,
          gathered,
          columns,
          step,
          ...kernel,
          dilations[0] * images.line,
          dilations[1] * images.pixel,
          inputs * bytes,
          steps * 4,
        );
        product(gathered, columns, 0, steps * 4, at, columns, 1, steps, 0, ...rest);
      });
    }
  };

  const operations = batch * pixels * outputs * inputs * taps;
  // Every thread prepares its own lines where these can be shared evenly; what a range repeats are the lines between.
  if (batch < engine.threads && rows >= leastLines * engine.threads && !terms) {
    for (let n = 0; n < batch; n++) {
      engine.split(rows, operations / batch, (part, first, end) => {
        const buffers = allocate(part);
        compute(part, prepare(part, n, buffers, first, end), 0, (end - first) * columns, buffers);
      });
    }
    return;
  }
  if (batch < engine.threads) {
    const buffers = allocate(engine);
    for (let n = 0; n < batch; n++) {
      const prepared = prepare(engine, n, buffers);
      // Direct products may be cut anywhere, best at whole tiles.
      const piece = direct ? 4 : columns;
      engine.split(Math.ceil(pixels / piece), operations / batch, (part, first, end) => {
        const mine = part === engine ? buffers : { ...buffers, ...partBuffers(part) };
        compute(part, prepared, first * piece, Math.min(end * piece, pixels), mine);
      });
    }
    return;
  }
  engine.split(batch, operations, (part, first, end) => {
    const buffers = allocate(part);
    for (let n = first; n < end; n++) compute(part, prepare(part, n, buffers), 0, pixels, buffers);
  });

  function partBuffers(part: Engine): Pick<Buffers, 'gathered' | 'scratch'> {
    const { gathered, scratch } = allocate(part);
    return { gathered, scratch };
  }
}
