import type { Tensor } from '@subbyte/tensor';
import { activationCode } from './activation.ts';
import { type Convolution, convolve, convolvePlanes, packGroups } from './convolution.ts';
import { isHalving3x3, spreadDepthwise } from './depthwise-input-gradient.ts';
import type { Engine } from './engine.ts';
import { evenOffsets, multiply, packedBytes, productScratch } from './product.ts';
import type { Window } from './window.ts';

/** Sizes and places of the transpose of a convolution, from `source` back to its images. */
export interface TransposedConvolution {
  readonly batch: number;
  readonly groups: number;
  /** The window of the convolution, whose `rows` and `columns` the source has. */
  readonly window: Window;
  readonly source: number;
  readonly to: number;
}

/** Bytes of products that are added to the images before the next are computed. */
const mostProductBytes = 524_288;

/**
 * The window that slides over the source instead: the same taps in reverse. `undefined` when the
 * images are padded by more than the window reaches.
 */
function reversed(window: Window): Window | undefined {
  const { kernel, strides, dilations, rows, columns } = window;
  const top = dilations[0] * (kernel[0] - 1) - window.top;
  const left = dilations[1] * (kernel[1] - 1) - window.left;
  if (top < 0 || left < 0) return undefined;
  return {
    ...{ kernel, dilations, top, left },
    strides: [1, 1],
    height: rows,
    width: columns,
    rows: window.height,
    columns: window.width,
    spread: strides,
  };
}

/** Writes what the transpose of a convolution with `weight` `[I, O / groups, kH, kW]` gives. */
export function transposeConvolution(
  engine: Engine,
  weight: Tensor,
  transposed: TransposedConvolution,
): void {
  const { batch, groups, window, source, to } = transposed;
  const [inputs, perGroup] = weight.shape as readonly [number, number];
  const taps = window.kernel[0] * window.kernel[1];
  const [k, outputs] = [inputs / groups, perGroup * groups];
  const flip = (from: number, target: number): void =>
    engine.wasm.flipTaps(from, target, groups, k, perGroup, taps);
  const back = reversed(window);
  const activation = activationCode(undefined);
  const asConvolution = (slides: Window): Convolution => ({
    ...{
      batch,
      channels: inputs,
      outputs,
      groups,
      window: slides,
      source,
      bias: 0,
      activation,
      to,
    },
  });

  if (k === 1 && perGroup === 1 && groups > 1 && isHalving3x3(window)) {
    spreadDepthwise(engine, engine.address(weight), groups, transposed);
    return;
  }
  if (back && k === 1 && perGroup === 1 && groups > 1) {
    const weights = engine.arranged(weight, 'flipped', weight.size * 4, flip);
    convolvePlanes(engine, asConvolution(back), weights);
    return;
  }
  const single = window.strides.every((stride) => stride === 1);
  // With few outputs most of a product's tile of 4 rows would be empty.
  if (back && single && perGroup >= 4) {
    const bytes = groups * packedBytes(perGroup, k * taps, 4);
    const key = `flipped rows ${groups} ${perGroup}`;
    const weights = engine.arranged(weight, key, bytes, (from, target) => {
      const flipped = engine.scratch(weight.size * 4);
      flip(from, flipped);
      packGroups(engine, groups, perGroup, k * taps, flipped, target);
    });
    const { spread: _, ...dense } = back;
    convolve(engine, asConvolution(dense), weights);
    return;
  }
  addColumns(engine, weight, transposed);
}

/** Products of the weights with the source, added to the images tap by tap. */
function addColumns(engine: Engine, weight: Tensor, transposed: TransposedConvolution): void {
  const { batch, groups, window, source, to } = transposed;
  const { kernel, strides, dilations, height, width, rows, columns, top, left } = window;
  const [inputs, perGroup] = weight.shape as readonly [number, number];
  const taps = kernel[0] * kernel[1];
  const [m, n, k] = [perGroup * taps, rows * columns, inputs / groups];
  const bytes = packedBytes(m, k, 4);
  const key = `transposed ${groups} ${m}`;
  const weights = engine.arranged(weight, key, groups * bytes, (from, target) => {
    for (let g = 0; g < groups; g++) {
      engine.wasm.packRows(from + g * k * m * 4, 4, m * 4, m, k, target + g * bytes);
    }
  });
  // Whole panels of 4 rows start at a multiple of 4 channels.
  const fitting = Math.floor(mostProductBytes / (taps * n * 16)) * 4;
  const together = Math.min(Math.max(fitting, 4), perGroup);
  const plane = height * width * 4;
  const images = batch * groups;
  engine.split(images, images * m * n * k, (part, start, end) => {
    const offsets = evenOffsets(part, k, n * 4);
    const scratch = productScratch(part, k);
    const products = part.scratch(together * taps * n * 4);
    part.wasm.clear(to + start * perGroup * plane, (end - start) * perGroup * plane);
    part.repeat(end - start, (image) => {
      const i = start + image;
      const base = source + i * k * n * 4;
      for (let c = 0; c < perGroup; c += together) {
        const count = Math.min(together, perGroup - c);
        multiply(part, scratch, {
          rows: weights + (i % groups) * bytes + packedBytes(c * taps, k, 4),
          columns: { base, offsets, width: n, line: 0, step: 4 },
          to: products,
          ...{ m: count * taps, n, k },
          seed: { kind: 'zero' },
        });
        part.wasm.columnsToImage(
          products,
          count,
          rows,
          columns,
          to + (i * perGroup + c) * plane,
          height,
          width,
          ...kernel,
          ...strides,
          ...dilations,
          top,
          left,
        );
      }
    });
  });
}
