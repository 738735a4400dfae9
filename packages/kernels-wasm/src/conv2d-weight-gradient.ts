import type { OptionsOf } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import type { Engine } from './engine.ts';
import { allFloat32, defineKernel, type KernelFactory, type Result } from './kernel.ts';
import { evenOffsets, multiply, packedBytes, productScratch } from './product.ts';
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

const clear = (engine: Engine, address: number, count: number): void =>
  engine.wasm.fill(address, engine.table([0]), count, 4);

/** Every plane by itself. */
const depthwise: Compute = (engine, [x, gradient], options, result) => {
  const [batch, channels] = x.shape as Sizes;
  const [outputs] = result.shape as Sizes;
  const window = convolutionWindow(x.shape, result.shape, gradient.shape, options);
  const { height, width, rows, columns, kernel, strides } = window;
  const together = planesTogether(window, channels);
  const planes = preparePlanes(engine, window, together, 0);
  const offsets = windowTable(engine, window, planes, 1);
  const [source, slopes] = [engine.address(x), engine.address(gradient)];
  const [multiplier, taps] = [outputs / channels, kernel[0] * kernel[1]];
  clear(engine, result.address, result.size);
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c += together) {
      const count = Math.min(together, channels - c);
      const first = c * multiplier;
      engine.wasm.depthwiseWeightGradient(
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
};

/** The window covers the image: the product of the gradient `[N, O]` transposed with `[N, K]`. */
const product: Compute = (engine, [x, gradient], _, result) => {
  const [k, m] = gradient.shape as Sizes;
  const n = result.size / m;
  const rows = engine.scratch(packedBytes(m, k, 4));
  engine.wasm.packRows(engine.address(gradient), 4, m * 4, m, k, rows);
  const offsets = evenOffsets(engine, k, n * 4);
  multiply(engine, productScratch(engine, k), {
    rows,
    columns: { base: engine.address(x), offsets, width: n, line: 0, step: 4 },
    to: result.address,
    ...{ m, n, k },
    seed: { kind: 'zero' },
  });
};

/** Sums `[taps, outputs]` over images and lines, then swaps the axes. */
const general: Compute = (engine, [x, gradient], options, result) => {
  const { groups, strides } = options;
  const [batch, channels] = x.shape as Sizes;
  const [allOutputs, perGroup] = result.shape as Sizes;
  const window = convolutionWindow(x.shape, result.shape, gradient.shape, options);
  const { height, width, rows, columns, kernel } = window;
  const outputs = allOutputs / groups;
  const taps = perGroup * kernel[0] * kernel[1];
  const padded = (height + window.top) * (width + window.left) * channels * 4;
  const fitting = Math.min(mostPixels / (rows * columns), mostImageBytes / padded);
  const together = Math.min(Math.max(Math.floor(fitting), 1), batch);
  const lines = Math.min(Math.max(Math.floor(mostPixels / columns), 1), rows);
  const planes = preparePlanes(engine, window, together * channels, 0);
  const offsets = windowTable(engine, window, planes, perGroup);
  const panel = engine.scratch(together * lines * columns * 32);
  const [wide, high] = [Math.ceil(outputs / 8) * 8, Math.ceil(taps / 4) * 4];
  const sums = engine.scratch(groups * high * wide * 4);
  clear(engine, sums, groups * high * wide);
  const [source, slopes] = [engine.address(x), engine.address(gradient)];
  const [line, step] = [strides[0] * planes.width * 4, strides[1] * 4];
  const [image, plane] = [channels * planes.plane * 4, rows * columns * 4];
  for (let n = 0; n < batch; n += together) {
    const images = Math.min(together, batch - n);
    const base = planes.prepare(source + n * channels * height * width * 4, images * channels);
    for (let g = 0; g < groups; g++) {
      const channel = base + g * perGroup * planes.plane * 4;
      const slope = slopes + (n * groups + g) * outputs * plane;
      for (let row = 0; row < rows; row += lines) {
        engine.wasm.weightGradient(
          channel + row * line,
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
          sums + g * high * wide * 4,
          panel,
        );
      }
    }
  }
  const swapped = wide === outputs ? result.address : engine.scratch(wide * taps * 4);
  for (let g = 0; g < groups; g++) {
    const to = result.address + g * outputs * taps * 4;
    const target = wide === outputs ? to : swapped;
    engine.wasm.swapAxes(sums + g * high * wide * 4, target, 1, taps, wide);
    if (target !== to) engine.wasm.copy(target, to, outputs * taps * 4);
  }
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
