import type { OptionsOf } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import type { Engine } from './engine.ts';
import { allFloat32, defineKernel, type KernelFactory, type Result } from './kernel.ts';
import { evenOffsets, multiplyParts, packedBytes } from './product.ts';
import {
  convolutionWindow,
  coversImage,
  planesTogether,
  preparePlanes,
  windowTable,
} from './window.ts';

type Sizes = readonly [number, number, number, number];
type Compute = (
  engine: Engine,
  operands: readonly [x: Tensor, gradient: Tensor],
  options: OptionsOf<'conv2dWeightGradient'>,
  result: Result,
) => void;

/** Pixels whose gradient is packed at a time: a panel of 8 outputs stays in the first-level cache. */
const mostPixels = 512;

/** Most bytes of padded images that are worked on together. */
const mostImageBytes = 262_144;

/** Every plane by itself; the threads share the channels, so each sum has one order. */
const depthwise: Compute = (engine, [x, gradient], options, result) => {
  const [batch, channels] = x.shape as Sizes;
  const [outputs] = result.shape as Sizes;
  const window = convolutionWindow(x.shape, result.shape, gradient.shape, options);
  const { height, width, rows, columns, kernel, strides } = window;
  const [source, slopes] = [engine.address(x), engine.address(gradient)];
  const [multiplier, taps] = [outputs / channels, kernel[0] * kernel[1]];
  engine.splitOnce(channels, gradient.size * taps, (part, start, end) => {
    const together = planesTogether(window, end - start);
    const planes = preparePlanes(part, window, together, 0);
    const offsets = windowTable(part, window, planes, 1);
    const bytes = multiplier * taps * 4;
    part.wasm.clear(result.address + start * bytes, (end - start) * bytes);
    for (let n = 0; n < batch; n++) {
      for (let c = start; c < end; c += together) {
        const count = Math.min(together, end - c);
        const first = c * multiplier;
        part.wasm.depthwiseWeightGradient(
          planes.prepare(source + (n * channels + c) * height * width * 4, count),
          planes.plane * 4,
          strides[0] * planes.width * 4,
          strides[1],
          slopes + (n * outputs + first) * rows * columns * 4,
          count * multiplier,
          multiplier,
          rows,
          columns,
          offsets,
          taps,
          result.address + first * taps * 4,
        );
      }
    }
  });
};

/** The window covers the image: the product of the gradient `[N, O]` transposed with `[N, K]`. */
const product: Compute = (engine, [x, gradient], _, result) => {
  const [k, m] = gradient.shape as Sizes;
  const n = result.size / m;
  const rows = engine.scratch(packedBytes(m, k, 4));
  engine.wasm.packRows(engine.address(gradient), 4, m * 4, m, k, rows);
  const offsets = evenOffsets(engine, k, n * 4);
  multiplyParts(engine, {
    rows,
    columns: { base: engine.address(x), offsets, width: n, line: 0, step: 4 },
    to: result.address,
    ...{ m, n, k },
    seed: { kind: 'zero' },
  });
};

/**
 * Sums `[taps, outputs]` over images and lines, then swaps the axes. The threads share the input
 * channels of each group, so each sum has one order.
 */
const general: Compute = (engine, [x, gradient], options, result) => {
  const { groups, strides } = options;
  const [batch, channels] = x.shape as Sizes;
  const [allOutputs, perGroup] = result.shape as Sizes;
  const window = convolutionWindow(x.shape, result.shape, gradient.shape, options);
  const { height, width, rows, columns, kernel } = window;
  const outputs = allOutputs / groups;
  const area = kernel[0] * kernel[1];
  const padded = (height + window.top) * (width + window.left) * perGroup * 4;
  const fitting = Math.min(mostPixels / (rows * columns), mostImageBytes / padded);
  const together = Math.min(Math.max(Math.floor(fitting), 1), batch);
  const lines = Math.min(Math.max(Math.floor(mostPixels / columns), 1), rows);
  const wide = Math.ceil(outputs / 8) * 8;
  const [source, slopes] = [engine.address(x), engine.address(gradient)];
  const plane = rows * columns * 4;
  engine.splitOnce(perGroup, gradient.size * perGroup * area, (part, start, end) => {
    const inputs = end - start;
    const taps = inputs * area;
    const planes = preparePlanes(part, window, together * inputs, 0);
    const offsets = windowTable(part, window, planes, inputs);
    const panel = part.scratch(together * lines * columns * 32);
    const sumBytes = Math.ceil(taps / 4) * 4 * wide * 4;
    const sums = part.scratch(sumBytes);
    const swapped = part.scratch(wide * taps * 4);
    const [line, step] = [strides[0] * planes.width * 4, strides[1] * 4];
    const inputBytes = height * width * 4;
    for (let g = 0; g < groups; g++) {
      part.wasm.clear(sums, sumBytes);
      for (let n = 0; n < batch; n += together) {
        const images = Math.min(together, batch - n);
        const first = source + (n * channels + g * perGroup + start) * inputBytes;
        const { base, image } = planes.prepareImages(first, images, inputs, channels * inputBytes);
        const slope = slopes + (n * groups + g) * outputs * plane;
        for (let row = 0; row < rows; row += lines) {
          part.wasm.weightGradient(
            base + row * line,
            image,
            line,
            step,
            offsets,
            taps,
            slope + row * columns * 4,
            allOutputs * plane,
            plane,
            outputs,
            images,
            Math.min(lines, rows - row),
            columns,
            sums,
            panel,
          );
        }
      }
      // [taps, outputs] to [outputs, own taps], in rows of all taps.
      part.wasm.swapAxes(sums, swapped, 1, taps, wide);
      const to = result.address + (g * outputs * perGroup + start) * area * 4;
      part.wasm.copyRows(swapped, taps * 4, to, perGroup * area * 4, outputs, taps * 4);
    }
  });
};

/** Gradient of `conv2d` with respect to the weights. */
export const conv2dWeightGradient: KernelFactory<'conv2dWeightGradient'> = defineKernel(
  'conv2dWeightGradient',
  allFloat32,
  (engine, operands, options, result) => {
    const perGroup = result.shape[1] as number;
    const covers = coversImage(operands[0].shape, result.shape, options);
    const compute = covers ? product : perGroup === 1 && options.groups > 1 ? depthwise : general;
    compute(engine, operands, options, result);
  },
);
