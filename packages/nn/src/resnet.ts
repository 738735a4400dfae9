import { pad, relu, slice } from '@subbyte/autograd';
import type { Tensor } from '@subbyte/tensor';
import { residual, sequential } from './compose.ts';
import { NnError } from './errors.ts';
import { xavierUniform } from './initialize.ts';
import { conv } from './layers/convolution.ts';
import { linear } from './layers/linear.ts';
import { batchNorm } from './layers/normalization.ts';
import { globalAveragePool } from './layers/pooling.ts';
import type { Layer, Module } from './module.ts';

/** Options of `resnet`. */
export interface ResnetOptions {
  /** Layers with weights: 6 n + 2, for example 20, 32, 44, 56. */
  readonly depth: number;
  readonly classes: number;
  /** Channels of the first stage; the others have two and four times as many. Default: 16. */
  readonly width?: number | undefined;
  /** Channels of the image. Default: 3. */
  readonly channels?: number | undefined;
  /**
   * Where the size changes: `pad` takes every other pixel and adds channels of zeros (option A of
   * the paper, no parameters), `projection` is a 1 x 1 convolution (option B). Default: `pad`.
   */
  readonly shortcut?: 'pad' | 'projection' | undefined;
}

const normalized = (inputs: number, outputs: number, size: number, stride: number): Layer[] => [
  conv(inputs, outputs, size, { strides: stride, padding: (size - 1) / 2, bias: false }),
  batchNorm(outputs),
];

/** Every `stride`-th pixel, with `added` channels of zeros behind the others. */
function padShortcut(added: number, stride: number): Layer {
  return (x: Tensor) => {
    const [batch, channels, height, width] = x.shape as readonly [number, number, number, number];
    const sizes = [batch, channels, Math.ceil(height / stride), Math.ceil(width / stride)];
    const small = stride === 1 ? x : slice(x, [0, 0, 0, 0], sizes, [1, 1, stride, stride]);
    return pad(small, [0, 0, 0, 0], [0, added, 0, 0]);
  };
}

/**
 * The residual network for small images of He et al. 2016, section 4.2: `[N, 3, 32, 32]` to logits
 * `[N, classes]`, in three stages of equal depth.
 * @throws NnError when the depth is not 6 n + 2.
 */
export function resnet(options: ResnetOptions): Module {
  const { depth, classes, width = 16, channels = 3, shortcut = 'pad' } = options;
  const blocks = (depth - 2) / 6;
  if (!Number.isInteger(blocks) || blocks < 1) {
    throw new NnError(`resnet of depth ${depth}: expected 6 n + 2, for example 20`);
  }
  const block = (inputs: number, outputs: number, stride: number): Module => {
    const body = sequential(
      ...normalized(inputs, outputs, 3, stride),
      relu,
      ...normalized(outputs, outputs, 3, 1),
    );
    if (inputs === outputs && stride === 1) return sequential(residual(body), relu);
    const side =
      shortcut === 'pad'
        ? padShortcut(outputs - inputs, stride)
        : sequential(...normalized(inputs, outputs, 1, stride));
    return sequential(residual(body, side), relu);
  };
  const stage = (inputs: number, outputs: number, stride: number): Module =>
    sequential(
      block(inputs, outputs, stride),
      ...Array.from({ length: blocks - 1 }, () => block(outputs, outputs, 1)),
    );
  return sequential(
    ...normalized(channels, width, 3, 1),
    relu,
    stage(width, width, 1),
    stage(width, 2 * width, 2),
    stage(2 * width, 4 * width, 2),
    globalAveragePool,
    linear(4 * width, classes, { initialize: xavierUniform() }),
  );
}
