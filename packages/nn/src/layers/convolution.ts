import { conv2d, convTranspose2d, type Loose, type Size2d } from '@subbyte/autograd';
import type { Conv2dOptions, ConvTranspose2dOptions } from '@subbyte/kernels';
import { type Random, type Shape, type Tree, zeros } from '@subbyte/tensor';
import { NnError } from '../errors.ts';
import { type Fans, type Initializer, kaimingNormal } from '../initialize.ts';
import { leaf, type Module, optionalLeaf, stateless } from '../module.ts';

/** What all layers with a weight have. */
export interface WeightOptions {
  /** Whether to add a bias, which starts at 0. Default: true. */
  readonly bias?: boolean | undefined;
  /** First values of the weight. Default: `kaimingNormal()`. */
  readonly initialize?: Initializer | undefined;
}

/** Options of `conv`. */
export type ConvOptions = WeightOptions & Loose<Omit<Conv2dOptions, 'activation'>>;

/** Options of `convTranspose`. */
export type ConvTransposeOptions = WeightOptions &
  Loose<Omit<ConvTranspose2dOptions, 'activation'>>;

/** Parameters `weight` and, unless left out, `bias`. */
export function weightAndBias(
  shape: Shape,
  outputs: number,
  fans: Fans,
  { bias = true, initialize = kaimingNormal() }: WeightOptions,
): (random: Random) => Tree {
  return (random) => {
    const weight = initialize(shape, fans, random);
    return bias ? { weight, bias: zeros([outputs]) } : { weight };
  };
}

const pair = (size: Size2d): readonly [number, number] =>
  typeof size === 'number' ? [size, size] : size;

function perGroup(channels: number, groups: number, role: string): number {
  if (channels % groups === 0) return channels / groups;
  throw new NnError(`${channels} ${role} channels do not divide into ${groups} groups`);
}

/**
 * Convolution of `[N, inputs, H, W]` to `[N, outputs, H', W']`. Parameters: `weight` of
 * `[outputs, inputs / groups, kH, kW]`, `bias` of `[outputs]`.
 * @throws NnError when the channels do not divide into the groups.
 */
export function conv(
  inputs: number,
  outputs: number,
  kernel: Size2d,
  options: ConvOptions = {},
): Module {
  const { groups = 1 } = options;
  const [height, width] = pair(kernel);
  const shape = [outputs, perGroup(inputs, groups, 'input'), height, width];
  const area = height * width;
  const fans = {
    inputs: (inputs / groups) * area,
    outputs: perGroup(outputs, groups, 'output') * area,
  };
  return stateless(weightAndBias(shape, outputs, fans, options), (parameters, x) =>
    conv2d(
      x,
      leaf(parameters, 'weight', 'conv'),
      optionalLeaf(parameters, 'bias', 'conv'),
      options,
    ),
  );
}

/**
 * Transposed convolution of `[N, inputs, H, W]` to `[N, outputs, H', W']`. Parameters: `weight` of
 * `[inputs, outputs / groups, kH, kW]`, `bias` of `[outputs]`.
 * @throws NnError when the channels do not divide into the groups.
 */
export function convTranspose(
  inputs: number,
  outputs: number,
  kernel: Size2d,
  options: ConvTransposeOptions = {},
): Module {
  const { groups = 1, strides = 1 } = options;
  const [height, width] = pair(kernel);
  const [down, across] = pair(strides);
  const shape = [inputs, perGroup(outputs, groups, 'output'), height, width];
  // With strides only every so many taps of the kernel meet an input.
  const area = (height * width) / (down * across);
  const fans = {
    inputs: Math.max(perGroup(inputs, groups, 'input') * area, 1),
    outputs: (outputs / groups) * height * width,
  };
  return stateless(weightAndBias(shape, outputs, fans, options), (parameters, x) =>
    convTranspose2d(
      x,
      leaf(parameters, 'weight', 'convTranspose'),
      optionalLeaf(parameters, 'bias', 'convTranspose'),
      options,
    ),
  );
}
