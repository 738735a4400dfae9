import { defineKernel, type KernelFactory } from '../kernel.ts';
import { type CodeConvolution, convolve } from './convolution.ts';
import { integerDepthwise } from './depthwise.ts';

type Sizes = readonly [number, number, number, number];

/** Grouped 2-D cross-correlation of codes. */
export const integerConv2d: KernelFactory<'integerConv2d'> = defineKernel(
  'integerConv2d',
  () => true,
  (engine, [x, ...factors], options, result) => {
    const [batch, height, width, channels] = x.shape as Sizes;
    const [outputs, perGroup, ...kernel] = factors[0].shape as Sizes;
    const [, rows, columns] = result.shape as Sizes;
    const { strides, dilations, padding, groups } = options;
    const sizes = { batch, height, width, channels, outputs, kernel, rows, columns };
    const window = { strides, dilations, padding, groups };
    if (perGroup === 1 && groups > 1 && outputs === groups) {
      integerDepthwise(engine, x, factors, { ...sizes, ...window }, options, result.address);
      return;
    }
    const pointwise = kernel.every((taps) => taps === 1) && strides.every((step) => step === 1);
    if (pointwise && groups === 1 && padding.every((amount) => amount === 0)) {
      // Pixels of all images in one line.
      const all = batch * height * width;
      const line = { batch: 1, height: 1, width: all, rows: 1, columns: all };
      convolve(engine, x, factors, { ...sizes, ...line, ...window }, options, result.address);
      return;
    }
    convolve(engine, x, factors, { ...sizes, ...window }, options, result.address);
  },
);

/** Products of rows of codes with rows of weights: a convolution of one line with one tap. */
export const integerMatmul: KernelFactory<'integerMatmul'> = defineKernel(
  'integerMatmul',
  () => true,
  (engine, [x, ...factors], options, result) => {
    const [outputs, channels] = factors[0].shape as readonly [number, number];
    const pixels = result.size / outputs;
    const sizes: CodeConvolution = {
      ...{ batch: 1, height: 1, width: pixels, channels, outputs, rows: 1, columns: pixels },
      ...{ kernel: [1, 1], strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 },
    };
    convolve(engine, x, factors, sizes, options, result.address);
  },
);
