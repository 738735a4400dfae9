/** A convolution to measure: square images and filters, one group or one per channel. */
export interface Convolution {
  readonly key: string;
  readonly what: string;
  readonly batch: number;
  readonly channels: readonly [input: number, output: number];
  readonly size: number;
  readonly filter: number;
  readonly stride: number;
  readonly groups: number;
}

/** The convolutions of the benchmark: of ResNets, of mobile networks, of GAN discriminators. */
export const convolutions: readonly Convolution[] = [
  {
    key: 'conv16',
    what: '3x3 16ch 32² batch 32',
    batch: 32,
    channels: [16, 16],
    size: 32,
    filter: 3,
    stride: 1,
    groups: 1,
  },
  {
    key: 'conv64',
    what: '3x3 64ch 16² batch 32',
    batch: 32,
    channels: [64, 64],
    size: 16,
    filter: 3,
    stride: 1,
    groups: 1,
  },
  {
    key: 'depthwise96',
    what: 'depthwise 3x3 96ch 32² batch 32',
    batch: 32,
    channels: [96, 96],
    size: 32,
    filter: 3,
    stride: 1,
    groups: 96,
  },
  {
    key: 'conv4x4',
    what: '4x4/2 3->64 64² batch 8',
    batch: 8,
    channels: [3, 64],
    size: 64,
    filter: 4,
    stride: 2,
    groups: 1,
  },
];

/** All have one pixel of zeros around the image. */
export const padding = 1;

/** Floating-point operations of the forward pass: two per multiply-add. */
export function operationsOf({
  batch,
  channels,
  size,
  filter,
  stride,
  groups,
}: Convolution): number {
  const outputs = (size / stride) ** 2;
  return (2 * batch * outputs * channels[0] * channels[1] * filter ** 2) / groups;
}

/** Elements of a deterministic tensor between -1 and 1. */
export const elements = (count: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898) * 0.5);
