// Convolutions and pools with the options people write: one number for both axes, all four sides.

import type {
  AveragePool2dOptions,
  Conv2dOptions,
  ConvTranspose2dOptions,
  Padding2d,
  Pair,
  Pool2dOptions,
} from '@subbyte/kernels';
import { isTensor, type Tensor } from '@subbyte/tensor';
import { apply } from '../apply.ts';

/** One size for height and width, or both. */
export type Size2d = number | Pair;

/** Options where sizes may be one number: for both axes, and padding for all four sides. */
export type Loose<Options> = {
  readonly [Name in keyof Options]?: Options[Name] extends Pair
    ? Size2d | undefined
    : Options[Name] extends Padding2d
      ? number | Padding2d | undefined
      : Options[Name] | undefined;
};

const pair = (size: Size2d): Pair => (typeof size === 'number' ? [size, size] : size);

const sides = (padding: number | Padding2d): Padding2d =>
  typeof padding === 'number' ? [padding, padding, padding, padding] : padding;

function convOptions(options: Loose<Conv2dOptions>): Conv2dOptions {
  const { strides = 1, dilations = 1, padding = 0, groups = 1, activation } = options;
  return {
    strides: pair(strides),
    dilations: pair(dilations),
    padding: sides(padding),
    groups,
    ...(activation && { activation }),
  };
}

/** The bias is the third operand or left out altogether: options may stand in its place. */
function biasAndOptions<Options extends object>(
  third: Tensor | Options | undefined,
  options: Options | undefined,
): readonly [bias: readonly [] | readonly [Tensor], options: Options | undefined] {
  return isTensor(third) ? [[third], options] : [[], options ?? third];
}

/**
 * Convolution: `[N, C, H, W]` with weight `[O, C / groups, kH, kW]` and bias `[O]` gives
 * `[N, O, H', W']`. Strides and dilations default to 1, padding to 0, groups to 1. Without a bias
 * the options may stand in its place.
 */
export function conv2d(x: Tensor, weight: Tensor, options?: Loose<Conv2dOptions>): Tensor;
export function conv2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  options?: Loose<Conv2dOptions>,
): Tensor;
export function conv2d(
  x: Tensor,
  weight: Tensor,
  third?: Tensor | Loose<Conv2dOptions>,
  fourth?: Loose<Conv2dOptions>,
): Tensor {
  const [bias, options = {}] = biasAndOptions(third, fourth);
  return apply('conv2d', [x, weight, ...bias], convOptions(options));
}

/**
 * Transposed convolution: `[N, C, H, W]` with weight `[C, O / groups, kH, kW]` and bias `[O]`
 * gives `[N, O, H', W']`. Without a bias the options may stand in its place.
 */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  options?: Loose<ConvTranspose2dOptions>,
): Tensor;
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  options?: Loose<ConvTranspose2dOptions>,
): Tensor;
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  third?: Tensor | Loose<ConvTranspose2dOptions>,
  fourth?: Loose<ConvTranspose2dOptions>,
): Tensor {
  const [bias, options = {}] = biasAndOptions(third, fourth);
  return apply('convTranspose2d', [x, weight, ...bias], {
    ...convOptions(options),
    outputPadding: pair(options.outputPadding ?? 0),
  });
}

function poolOptions(kernel: Size2d, options: Loose<Omit<Pool2dOptions, 'kernel'>>): Pool2dOptions {
  const { strides = kernel, dilations = 1, padding = 0, ceil = false } = options;
  return {
    kernel: pair(kernel),
    strides: pair(strides),
    dilations: pair(dilations),
    padding: sides(padding),
    ceil,
  };
}

/** Largest element under each window of `[N, C, H, W]`; strides default to the window's size. */
export function maxPool2d(
  x: Tensor,
  kernel: Size2d,
  options: Loose<Omit<Pool2dOptions, 'kernel'>> = {},
): Tensor {
  return apply('maxPool2d', [x], poolOptions(kernel, options));
}

/** Mean under each window of `[N, C, H, W]`; strides default to the window's size. */
export function averagePool2d(
  x: Tensor,
  kernel: Size2d,
  options: Loose<Omit<AveragePool2dOptions, 'kernel'>> = {},
): Tensor {
  const { countPadding = false } = options;
  return apply('averagePool2d', [x], { ...poolOptions(kernel, options), countPadding });
}
