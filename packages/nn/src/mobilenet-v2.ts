import { add, clip } from '@subbyte/autograd';
import type { Tensor } from '@subbyte/tensor';
import { chain } from './compose.ts';
import { NnError } from './errors.ts';
import { normal } from './initialize.ts';
import { conv } from './layers/convolution.ts';
import { linear } from './layers/linear.ts';
import { batchNorm } from './layers/normalization.ts';
import { globalAveragePool } from './layers/pooling.ts';
import type { Layer, Module } from './module.ts';

/** Equal inverted residual blocks; only the first of them has the stride. */
export interface InvertedResiduals {
  /** Channels in the middle of a block, as a multiple of those that go in; 1: no expansion. */
  readonly expansion: number;
  /** Channels that come out. */
  readonly channels: number;
  readonly repeats: number;
  readonly stride: number;
}

/** Options of `mobileNetV2`. */
export interface MobileNetV2Options {
  readonly classes: number;
  /** Factor of all channels, which are rounded to multiples of 8. Default: 1. */
  readonly width?: number | undefined;
  /** Channels of the image. Default: 3. */
  readonly channels?: number | undefined;
  /** The first convolution, 3 x 3. Default: 32 channels, stride 2. */
  readonly stem?: { readonly channels: number; readonly stride: number } | undefined;
  /** Default: table 2 of the paper, for images of 224 x 224. */
  readonly blocks?: readonly InvertedResiduals[] | undefined;
  /** Channels of the last convolution, 1 x 1; a width below 1 leaves them. Default: 1280. */
  readonly lastChannels?: number | undefined;
}

const paperBlocks: readonly InvertedResiduals[] = (
  [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const
).map(([expansion, channels, repeats, stride]) => ({ expansion, channels, repeats, stride }));

/** The nearest multiple of 8 that is not 0 and not more than a tenth below. */
function roundChannels(channels: number): number {
  const rounded = Math.max(8, Math.floor(channels / 8 + 0.5) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

function check(role: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new NnError(`mobileNetV2: ${role} is ${value}, expected an integer of at least 1`);
  }
}

const relu6 = (x: Tensor): Tensor => clip(x, 0, 6);

interface UnitOptions {
  readonly size?: number;
  readonly stride?: number;
  readonly groups?: number;
  /** Default: relu6. */
  readonly activation?: (x: Tensor) => Tensor;
}

/** Convolution, batch norm, activation. */
function unit(inputs: number, outputs: number, options: UnitOptions = {}): Module {
  const { size = 1, stride = 1, groups = 1, activation = relu6 } = options;
  const padding = (size - 1) / 2;
  return chain({
    conv: conv(inputs, outputs, size, { strides: stride, padding, groups, bias: false }),
    norm: batchNorm(outputs),
    activation,
  });
}

/** Widens by a 1 x 1 convolution, filters each channel, narrows again without an activation. */
function block(inputs: number, outputs: number, expansion: number, stride: number): Module {
  const middle = inputs * expansion;
  const layers: { readonly [name: string]: Layer } = {
    ...(expansion === 1 ? {} : { expand: unit(inputs, middle) }),
    depthwise: unit(middle, middle, { size: 3, stride, groups: middle }),
    project: unit(middle, outputs, { activation: (x) => x }),
  };
  return stride === 1 && inputs === outputs ? chain(layers, add) : chain(layers);
}

/**
 * The network of Sandler et al. 2018, section 4, without its dropout: `[N, channels, H, W]` to
 * logits `[N, classes]`. Its variables are named `stem`, `block1`, …, `last` and `classifier`;
 * those of a block `expand`, `depthwise` and `project`. The bottlenecks between the blocks are
 * linear, so their values have both signs.
 * @throws NnError when a count, a stride or the width is not above 0.
 */
export function mobileNetV2(options: MobileNetV2Options): Module {
  const { classes, width = 1, channels = 3, stem = { channels: 32, stride: 2 } } = options;
  const { blocks = paperBlocks, lastChannels = 1280 } = options;
  if (!(Number.isFinite(width) && width > 0)) {
    throw new NnError(`mobileNetV2: width is ${width}, expected a number above 0`);
  }
  check('classes', classes);
  check('stem channels', stem.channels);
  check('stem stride', stem.stride);
  check('last channels', lastChannels);
  let inputs = roundChannels(width * stem.channels);
  const layers: { [name: string]: Layer } = {
    stem: unit(channels, inputs, { size: 3, stride: stem.stride }),
  };
  let count = 0;
  for (const { expansion, channels: outputs, repeats, stride } of blocks) {
    check('expansion', expansion);
    check('channels', outputs);
    check('repeats', repeats);
    check('stride', stride);
    const rounded = roundChannels(width * outputs);
    for (let i = 0; i < repeats; i++) {
      count++;
      layers[`block${count}`] = block(inputs, rounded, expansion, i === 0 ? stride : 1);
      inputs = rounded;
    }
  }
  const last = roundChannels(Math.max(width, 1) * lastChannels);
  return chain({
    ...layers,
    last: unit(inputs, last),
    pool: globalAveragePool,
    classifier: linear(last, classes, { initialize: normal(0.01) }),
  });
}
