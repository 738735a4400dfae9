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

/** The first and the one behind the last, or the first and how many. */
type Range = readonly [number, number];

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

/** Parts of the batch that are summed by themselves, where the sums are small. */
const mostShares = 8;

/** Most bytes of such sums. */
const mostSumBytes = 262_144;

/**
 * Sums `[taps, outputs]` over images and lines, then swaps the axes. Each sum has one order for any number of
 * threads: small sums are those of eight parts of the batch, large ones belong to one thread, which repeats
 * the packing of the gradient.
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
  const together = Math.max(Math.min(Math.floor(fitting), batch), 1);
  const lines = Math.min(Math.max(Math.floor(mostPixels / columns), 1), rows);
  const wide = Math.ceil(outputs / 8) * 8;
  const [source, slopes] = [engine.address(x), engine.address(gradient)];
  const plane = rows * columns * 4;
  const operations = gradient.size * perGroup * area;
  const sumBytes = (inputs: number): number => Math.ceil((inputs * area) / 4) * 16 * wide;

  /** Makes the sums, at `to`, of all groups over some images and some input channels of each group. */
  const summing = (
    part: Engine,
    [start, inputs]: Range,
  ): (([first, end]: Range, to: number) => void) => {
    const planes = preparePlanes(part, window, together * inputs, 0);
    const offsets = windowTable(part, window, planes, inputs);
    const panel = part.scratch(together * lines * columns * 32);
    const [line, step] = [strides[0] * planes.width * 4, strides[1] * 4];
    const inputBytes = height * width * 4;
    return ([first, end], to) => {
      part.wasm.clear(to, groups * sumBytes(inputs));
      const sumImages = (n: number, images: number): void => {
        for (let g = 0; g < groups; g++) {
          const from = source + (n * channels + g * perGroup + start) * inputBytes;
          const { base, image } = planes.prepareImages(from, images, inputs, channels * inputBytes);
          const slope = slopes + (n * groups + g) * outputs * plane;
          for (let row = 0; row < rows; row += lines) {
            part.wasm.weightGradient(
              base + row * line,
              image,
              line,
              step,
              offsets,
              inputs * area,
              slope + row * columns * 4,
              allOutputs * plane,
              plane,
              outputs,
              images,
              Math.min(lines, rows - row),
              columns,
              to + g * sumBytes(inputs),
              panel,
            );
          }
        }
      };
      const whole = Math.floor((end - first) / together);
      part.repeat(whole, (i) => sumImages(first + i * together, together));
      const rest = first + whole * together;
      if (rest < end) sumImages(rest, end - rest);
    };
  };
  /** `[taps, outputs]` of every group to `[outputs, own taps]`, in rows of all taps. */
  const write = (part: Engine, [start, inputs]: Range, sums: number): void => {
    const taps = inputs * area;
    const swapped = part.scratch(wide * taps * 4);
    for (let g = 0; g < groups; g++) {
      part.wasm.swapAxes(sums + g * sumBytes(inputs), swapped, 1, taps, wide);
      const to = result.address + (g * outputs * perGroup + start) * area * 4;
      part.wasm.copyRows(swapped, taps * 4, to, perGroup * area * 4, outputs, taps * 4);
    }
  };

  const all = groups * sumBytes(perGroup);
  const shares = Math.min(mostShares, Math.ceil(batch / together));
  if (all > mostSumBytes || shares <= 1) {
    engine.splitOnce(perGroup, operations, (part, start, end) => {
      const own = [start, end - start] as const;
      const sums = part.scratch(groups * sumBytes(end - start));
      summing(part, own)([0, batch], sums);
      write(part, own, sums);
    });
    return;
  }
  const sums = engine.scratch(shares * all);
  const bound = (share: number): number => Math.floor((share * batch) / shares);
  engine.split(shares, operations, (part, start, end) => {
    const sum = summing(part, [0, perGroup]);
    for (let share = start; share < end; share++) {
      sum([bound(share), bound(share + 1)], sums + share * all);
    }
  });
  for (let share = 1; share < shares; share++) {
    engine.wasm.accumulateUpdate(sums, sums + share * all, all / 4);
  }
  write(engine, [0, perGroup], sums);
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
