import type { IntegerEpilogueOptions } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import type { Engine } from '../engine.ts';
import type { CodeConvolution, Factors } from './convolution.ts';
import { epilogueTable } from './epilogue.ts';
import { paddedImages } from './image.ts';
import { wholePanels } from './weights.ts';

/** A convolution with one channel a group, in int16: what its windows miss differs from channel to channel. */
export function integerDepthwise(
  engine: Engine,
  x: Tensor,
  [weight, bias, multiplier, residual]: Factors,
  sizes: CodeConvolution,
  options: IntegerEpilogueOptions,
  to: number,
): void {
  const { batch, height, width, channels, kernel, rows, columns } = sizes;
  const { strides, dilations, padding } = sizes;
  const padded = wholePanels(channels);
  const image = { height, width, channels, padding, zero: options.inputZero };
  const images = paddedImages(engine, x, image, 2, padded - channels);
  const taps = kernel[0] * kernel[1];
  const panelBytes = padded * 2 * (taps + (taps % 2));
  const sums = engine.arranged(
    weight,
    `depthwise ${channels} ${taps}`,
    padded * 4 + panelBytes,
    (from, place) => engine.wasm.packDepthwise(from, place + padded * 4, channels, taps, place),
  );
  const base = engine.scratch(padded * 4);
  engine.wasm.integerBase(engine.address(bias), sums, images.zero, channels, base);
  const factors = engine.address(multiplier);
  const added = residual ? engine.address(residual) : 0;
  const offsets = Array.from(
    { length: taps },
    (_, tap) =>
      Math.floor(tap / kernel[1]) * dilations[0] * images.line +
      (tap % kernel[1]) * dilations[1] * images.pixel,
  );
  // Of an odd number the last has a partner whose weights are 0.
  const table = engine.table([...offsets, ...(taps % 2 ? [0] : [])]);
  const size = rows * columns * channels;
  const elementBytes = options.output.dtype === 'float32' ? 4 : 1;

  /** Lines `first` to `end` of image `n`, from lines of its own: what neighbouring ranges prepare twice is little. */
  const compute = (part: Engine, n: number, first: number, end: number, buffer: number): void => {
    const before = n * size + first * columns * channels;
    const places = {
      base,
      multiplier: factors,
      corrections: 0,
      residual: added && added + before,
    };
    const from = images.prepare(
      ...([part, n, buffer] as const),
      first * strides[0],
      (end - 1) * strides[0] + dilations[0] * (kernel[0] - 1) + 1,
    );
    part.wasm.integerDepthwise(
      from,
      strides[0] * images.line,
      strides[1] * images.pixel,
      0,
      end - first,
      columns,
      channels,
      table,
      taps,
      sums + padded * 4,
      to + before * elementBytes,
      epilogueTable(part, channels, residual, options, places),
      part.scratch(part.wasm.productScratch()),
    );
  };
  if (batch < engine.threads) {
    for (let n = 0; n < batch; n++) {
      engine.split(rows, size * taps, (part, first, end) =>
        compute(part, n, first, end, part.scratch(images.bufferBytes)),
      );
    }
    return;
  }
  engine.split(batch, batch * size * taps, (part, first, end) => {
    const buffer = part.scratch(images.bufferBytes);
    for (let n = first; n < end; n++) compute(part, n, 0, rows, buffer);
  });
}
