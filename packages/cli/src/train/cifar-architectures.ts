import { type InvertedResiduals, type Module, mobileNetV2, resnet } from '@subbyte/nn';

/** Blocks for pictures of 32 x 32: half the size after the first, then twice again. */
const blocks: readonly InvertedResiduals[] = [
  { expansion: 4, channels: 24, repeats: 1, stride: 2 },
  { expansion: 4, channels: 40, repeats: 4, stride: 2 },
  { expansion: 6, channels: 64, repeats: 3, stride: 2 },
];

/** Name of a network that `train cifar` can start from nothing. */
export type CifarArchitecture = 'mobilenetv2' | 'resnet20';

/** Those networks: `[N, 3, 32, 32]` to logits `[N, 10]`. */
export const cifarArchitectures: { readonly [Name in CifarArchitecture]: Module } = {
  mobilenetv2: mobileNetV2({
    classes: 10,
    stem: { channels: 8, stride: 1 },
    blocks,
    lastChannels: 256,
  }),
  resnet20: resnet({ depth: 20, classes: 10 }),
};
