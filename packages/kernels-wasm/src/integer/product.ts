import type { IntegerEpilogueOptions } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import type { Engine } from '../engine.ts';
import { defineKernel, type KernelFactory } from '../kernel.ts';
import { type CodeConvolution, convolve, type Factors } from './convolution.ts';
import { integerDepthwise } from './depthwise.ts';
import { offsetTerms } from './offsets.ts';

type Sizes = readonly [number, number, number, number];

/** The product by the kernel for its shape, with what offsets add to it. */
function multiply(
  engine: Engine,
  x: Tensor,
  [weight, bias, multiplier, residual, offsets]: readonly [
    weight: Tensor,
    bias: Tensor,
    multiplier: Tensor,
    residual?: Tensor | undefined,
    offsets?: Tensor | undefined,
  ],
  sizes: CodeConvolution,
  options: IntegerEpilogueOptions,
  to: number,
): void {
  const run = (
    own: CodeConvolution,
    factors: Factors,
    follows: typeof options,
    at: number,
  ): void =>
    // What windows miss differs from channel to channel in depthwise convolutions, which their kernel knows nothing of.
    own.channels === own.groups && own.outputs === own.groups && own.groups > 1 && !factors[4]
      ? integerDepthwise(engine, x, factors, own, follows, at)
      : convolve(engine, x, factors, own, follows, at);
  const terms =
    offsets &&
    offsetTerms(engine, weight, offsets, sizes, options, (factors, own, follows, at) =>
      run(own, factors, follows, at),
    );
  run(sizes, [weight, bias, multiplier, residual, terms], options, to);
}

/** Grouped 2-D cross-correlation of codes. */
export const integerConv2d: KernelFactory<'integerConv2d'> = defineKernel(
  'integerConv2d',
  () => true,
  (engine, [x, ...factors], options, result) => {
    const [batch, height, width, channels] = x.shape as Sizes;
    const [outputs, , ...kernel] = factors[0].shape as Sizes;
    const [, rows, columns] = result.shape as Sizes;
    const { strides, dilations, padding, groups } = options;
    const sizes = { batch, height, width, channels, outputs, kernel, rows, columns };
    const window = { strides, dilations, padding, groups };
    const pointwise = kernel.every((taps) => taps === 1) && strides.every((step) => step === 1);
    if (pointwise && groups === 1 && padding.every((amount) => amount === 0)) {
      // Pixels of all images in one line.
      const all = batch * height * width;
      const line = { batch: 1, height: 1, width: all, rows: 1, columns: all };
      multiply(engine, x, factors, { ...sizes, ...line, ...window }, options, result.address);
      return;
    }
    multiply(engine, x, factors, { ...sizes, ...window }, options, result.address);
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
    multiply(engine, x, factors, sizes, options, result.address);
  },
);
