// Products of codes of few bits by tables of sums (T-MAC) or two to a multiplication (ULPPACK): a tile of the result at a time,
// for which the piece of the image under its windows is prepared once.

import type { IntegerEpilogueOptions } from '@subbyte/kernels';
import { bytesPerElement, type Tensor } from '@subbyte/tensor';
import type { Engine } from '../engine.ts';
import type { CodeConvolution, Factors } from './convolution.ts';
import { epilogueTable } from './epilogue.ts';
import { paddedImages } from './image.ts';
import type { NarrowOperands } from './narrow-operands.ts';
import { wholePanels } from './weights.ts';

/** Bytes of a prepared piece, about: a second-level cache holds it. */
const pieceBytes = 262_144;

/** Convolves images of codes and writes the result to `to`. */
export function convolveNarrow(
  engine: Engine,
  x: Tensor,
  [weight, bias, multiplier, residual, terms]: Factors,
  sizes: CodeConvolution,
  options: IntegerEpilogueOptions,
  operands: NarrowOperands,
  to: number,
): void {
  const { batch, height, width, channels, outputs, kernel, rows, columns } = sizes;
  const { groups, strides, dilations, padding } = sizes;
  const { planes, digits, lowest, step } = operands;
  const taps = kernel[0] * kernel[1];
  const [inputs, own] = [channels / groups, outputs / groups];
  const whole = Math.ceil(inputs / 8) * 8;
  const image = { height, width, channels, padding, zero: options.inputZero };
  const images = paddedImages(engine, x, image, 1);
  // Codes without sign were moved with the image.
  const base = operands.base - (options.inputZero - images.zero);

  const sumBytes = wholePanels(own) * 4;
  const panels = Math.ceil(own / 16) * 16;
  const each = sumBytes + panels * taps * whole * (planes === 0 ? 1 : planes / 8);
  const key = `narrow ${planes} ${groups} ${outputs} ${inputs} ${taps}`;
  const packed = engine.arranged(weight, key, groups * each, (from, place) => {
    for (let g = 0; g < groups; g++) {
      const [source, at] = [from + g * own * inputs * taps, place + g * each];
      engine.wasm.weightSums(source, own, inputs * taps, at);
      engine.wasm.packNarrow(source, at + sumBytes, own, inputs, taps, planes, lowest, step);
    }
  });
  const bases = engine.scratch(groups * sumBytes);
  for (let g = 0; g < groups; g++) {
    const biases = engine.address(bias) + g * own * 4;
    const at = bases + g * sumBytes;
    engine.wasm.integerBase(biases, packed + g * each, images.zero - base, own, at);
  }
  const factors = engine.table(operands.factors);
  const multipliers = engine.address(multiplier);
  const added = residual ? engine.address(residual) : 0;
  const elementBytes = bytesPerElement(options.output.dtype);
  const pixels = rows * columns;

  // Bytes of a prepared pixel, and of a digit of it.
  const digitBytes = whole * 4;
  const pixel = digits === 0 ? whole : digits * digitBytes;
  const span = (count: number, axis: 0 | 1): number =>
    (count - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
  // Tiles enough for all threads, of whole fours of pixels, whose pieces are not too large.
  const share = batch < engine.threads ? engine.threads : 1;
  const fitting = Math.floor(pieceBytes / (pixel * span(1, 0) * strides[1]));
  const even = Math.ceil(columns / (rows < share ? share : 1));
  const tileColumns = Math.min(columns, Math.ceil(Math.max(Math.min(fitting, even), 1) / 4) * 4);
  const pieceColumns = span(tileColumns, 1);
  const spare = Math.max(pieceBytes / (pixel * pieceColumns) - span(1, 0), 0);
  const tileRows = Math.min(Math.ceil(rows / share), 1 + Math.floor(spare / strides[0]));
  const pieceLines = span(tileRows, 0);
  const across = Math.ceil(columns / tileColumns);
  const tiles = across * Math.ceil(rows / tileRows);

  // Taps of a line of the kernel are one run where nothing lies between them.
  const joined = dilations[1] === 1 && digits < 2 ? kernel[1] : 1;
  const places = (perPixel: number, together: number): number[] =>
    Array.from({ length: taps / together }, (_, i) => {
      const tap = i * together;
      const [y, x] = [Math.floor(tap / kernel[1]) * dilations[0], (tap % kernel[1]) * dilations[1]];
      return (y * pieceColumns + x) * perPixel;
    });
  const offsets = engine.table(places(pixel, joined));
  const sumOffsets = engine.table(places(4, 1));
  const pairs = (joined * whole) / (planes === 0 ? 2 : 8);

  /** The tables of each group for image `n`: what is multiplied, and what follows. */
  const describe = (part: Engine, n: number): readonly (readonly [number, number])[] =>
    Array.from({ length: groups }, (_, g) => [
      part.table([
        ...[packed + g * each + sumBytes, own, planes, factors, Math.max(digits, 1), digitBytes],
        ...[operands.most, lowest, taps / joined, pairs, offsets, taps, sumOffsets],
        ...[strides[1] * pixel, strides[1] * 4],
      ]),
      epilogueTable(part, outputs, residual, options, {
        base: bases + g * sumBytes,
        multiplier: multipliers + g * own * 4,
        corrections: 0,
        residual: added && added + n * pixels * outputs + g * own,
        offsets: terms?.(n, g),
      }),
    ]);

  /** Computes the tiles `first` to `end` of image `n`, which lies at `from`. */
  const compute = (part: Engine, n: number, from: number, first: number, end: number): void => {
    const described = describe(part, n);
    const piece = part.scratch(pieceLines * pieceColumns * pixel);
    const sums = part.scratch(pieceLines * pieceColumns * 4);
    const scratch = part.scratch(panels * 16 + 32);
    for (let tile = first; tile < end; tile++) {
      const [y, x] = [Math.floor(tile / across) * tileRows, (tile % across) * tileColumns];
      const count = Math.min(tileColumns, columns - x);
      const lines = Math.min(tileRows, rows - y);
      const corner = from + y * strides[0] * images.line + x * strides[1] * images.pixel;
      for (const [g, [table, epilogue]] of described.entries()) {
        for (let line = 0; line < span(lines, 0); line++) {
          part.wasm.prepareNarrow(
            corner + line * images.line + g * inputs,
            images.pixel,
            span(count, 1),
            inputs,
            base,
            digits,
            piece + line * pieceColumns * pixel,
            pixel,
            sums + line * pieceColumns * 4,
          );
        }
        for (let line = 0; line < lines; line++) {
          part.wasm.narrowProduct(
            table,
            piece + line * strides[0] * pieceColumns * pixel,
            sums + line * strides[0] * pieceColumns * 4,
            (y + line) * columns + x,
            count,
            to + (n * pixels * outputs + g * own) * elementBytes,
            epilogue,
            scratch,
          );
        }
      }
    }
  };

  const operations = pixels * outputs * inputs * taps;
  if (batch < engine.threads) {
    const buffer = engine.scratch(images.bufferBytes);
    for (let n = 0; n < batch; n++) {
      const from = images.prepare(engine, n, buffer);
      engine.split(tiles, operations, (part, first, end) => compute(part, n, from, first, end));
    }
    return;
  }
  engine.split(batch, batch * operations, (part, first, end) => {
    const buffer = part.scratch(images.bufferBytes);
    for (let n = first; n < end; n++) compute(part, n, images.prepare(part, n, buffer), 0, tiles);
  });
}
