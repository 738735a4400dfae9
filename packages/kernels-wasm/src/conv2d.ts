import type { OptionsOf } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import { activationCode } from './activation.ts';
import type { Engine } from './engine.ts';
import { allFloat32, defineKernel, type KernelFactory, type Result } from './kernel.ts';
import { evenOffsets, multiply, packedBytes, productScratch, type Seed } from './product.ts';
import { planesTogether, preparePlanes, type Window, windowTable } from './window.ts';

type Sizes = readonly [number, number, number, number];

function windowOf(
  x: Tensor,
  weight: Tensor,
  { strides, dilations, padding }: OptionsOf<'conv2d'>,
  result: Result,
): Window {
  const [, , height, width] = x.shape as Sizes;
  const [, , kernelHeight, kernelWidth] = weight.shape as Sizes;
  const [, , rows, columns] = result.shape as Sizes;
  const [top, left] = padding;
  const kernel = [kernelHeight, kernelWidth] as const;
  return { kernel, strides, dilations, top, left, height, width, rows, columns };
}

/** One input channel per group: every plane by itself. */
function depthwise(
  engine: Engine,
  [x, weight, bias]: readonly [Tensor, Tensor, (Tensor | undefined)?],
  options: OptionsOf<'conv2d'>,
  result: Result,
): void {
  const [batch, channels] = x.shape as Sizes;
  const [, outputs, rows, columns] = result.shape as Sizes;
  const window = windowOf(x, weight, options, result);
  const together = planesTogether(window, channels);
  const planes = preparePlanes(engine, window, together, 0);
  const offsets = windowTable(engine, window, planes, 1);
  const source = engine.address(x);
  const weights = engine.address(weight);
  const biases = bias ? engine.address(bias) : 0;
  const multiplier = outputs / channels;
  const taps = window.kernel[0] * window.kernel[1];
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c += together) {
      const count = Math.min(together, channels - c);
      const first = c * multiplier;
      engine.wasm.depthwise(
        planes.prepare(source + (n * channels + c) * window.height * window.width * 4, count),
        planes.plane * 4,
        planes.width,
        result.address + (n * outputs + first) * rows * columns * 4,
        count * multiplier,
        multiplier,
        rows,
        columns,
        ...window.strides,
        weights + first * taps * 4,
        offsets,
        taps,
        bias ? biases + first * 4 : 0,
        ...activationCode(options.activation),
      );
    }
  }
}

/** The window covers the image exactly: a matrix product `[N, K] x [O, K]` transposed. */
function product(
  engine: Engine,
  [x, weight, bias]: readonly [Tensor, Tensor, (Tensor | undefined)?],
  options: OptionsOf<'conv2d'>,
  result: Result,
): void {
  const [m, n] = result.shape as Sizes;
  const k = weight.size / n;
  const activation = activationCode(options.activation);
  const address = bias ? engine.address(bias) : 0;
  if (m === 1) {
    engine.wasm.matvec(engine.address(weight), engine.address(x), address, result.address, n, k);
    engine.wasm.activateAll(result.address, n, ...activation);
    return;
  }
  const rows = engine.scratch(packedBytes(m, k, 4));
  engine.wasm.packRows(engine.address(x), k * 4, 4, m, k, rows);
  const base = engine.arranged(weight, `columns ${n} true`, packedBytes(n, k, 8), (from, to) => {
    engine.wasm.packColumns(from, evenOffsets(engine, k, 4), k, 0, n, n, 0, k * 4, to);
  });
  const seed: Seed = bias ? { kind: 'columns', address } : { kind: 'zero' };
  const columns = { base, offsets: 0, width: n, line: 0, step: 0 };
  multiply(engine, productScratch(engine, k), {
    ...{ rows, columns, to: result.address, m, n, k, seed, activation },
  });
}

/** Packed rows of the weights of every group. */
function packWeights(engine: Engine, weight: Tensor, groups: number): number {
  const outputs = (weight.shape[0] as number) / groups;
  const k = weight.size / (outputs * groups);
  const bytes = packedBytes(outputs, k, 4);
  return engine.arranged(weight, `rows ${groups} ${outputs}`, groups * bytes, (from, to) => {
    for (let g = 0; g < groups; g++) {
      engine.wasm.packRows(from + g * outputs * k * 4, k * 4, 4, outputs, k, to + g * bytes);
    }
  });
}

/** Matrix product of the weights with the columns under the window, gathered while packing. */
function general(
  engine: Engine,
  [x, weight, bias]: readonly [Tensor, Tensor, (Tensor | undefined)?],
  options: OptionsOf<'conv2d'>,
  result: Result,
): void {
  const { groups, strides } = options;
  const [batch, channels] = x.shape as Sizes;
  const [, outputs, height, width] = result.shape as Sizes;
  const [m, n] = [outputs / groups, height * width];
  const perGroup = channels / groups;
  const window = windowOf(x, weight, options, result);
  const k = perGroup * window.kernel[0] * window.kernel[1];
  const planes = preparePlanes(engine, window, perGroup, 0);
  const offsets = windowTable(engine, window, planes, perGroup);
  const weights = packWeights(engine, weight, groups);
  const [source, biases] = [engine.address(x), bias ? engine.address(bias) : 0];
  const scratch = productScratch(engine, k);
  const activation = activationCode(options.activation);
  const [line, step] = [strides[0] * planes.width * 4, strides[1] * 4];
  // Lines that follow each other without a gap are one.
  const lineWidth = line === width * step ? n : width;
  const inputBytes = perGroup * window.height * window.width * 4;
  for (let i = 0; i < batch * groups; i++) {
    const group = i % groups;
    const base = planes.prepare(source + i * inputBytes, perGroup);
    const columns = { base, offsets, width: lineWidth, line, step };
    const rows = weights + group * packedBytes(m, k, 4);
    const to = result.address + i * m * n * 4;
    const seed: Seed = bias ? { kind: 'rows', address: biases + group * m * 4 } : { kind: 'zero' };
    multiply(engine, scratch, { rows, columns, to, m, n, k, seed, activation });
  }
}

/** Grouped 2-D cross-correlation. */
export const conv2d: KernelFactory<'conv2d'> = defineKernel(
  'conv2d',
  allFloat32,
  (engine, operands, options, result) => {
    const [x, weight] = operands;
    const [, , height, width] = x.shape as Sizes;
    const [, perGroup, kernelHeight, kernelWidth] = weight.shape as Sizes;
    const covers = height === kernelHeight && width === kernelWidth;
    const unpadded = options.padding.every((amount) => amount === 0);
    const single = kernelHeight === 1 && kernelWidth === 1;
    const dense = single || options.dilations.every((dilation) => dilation === 1);
    if (perGroup === 1 && options.groups > 1) depthwise(engine, operands, options, result);
    else if (options.groups === 1 && covers && unpadded && dense) {
      product(engine, operands, options, result);
    } else general(engine, operands, options, result);
  },
);
