import { add, matmul, mul, reshape, softmax } from '@subbyte/autograd';
import { type Tensor, zeros } from '@subbyte/tensor';
import { defineModule } from '../define-module.ts';
import { NnError } from '../errors.ts';
import { leaf, type Module, stateless } from '../module.ts';
import { conv } from './convolution.ts';

/** Options of `selfAttention`. */
export interface SelfAttentionOptions {
  /** Channels in which positions are compared. Default: an eighth of the channels, at least 1. */
  readonly keyChannels?: number | undefined;
  /** Channels that are mixed. Default: half of the channels, at least 1. */
  readonly valueChannels?: number | undefined;
}

/** A learned factor that starts at 0, so that the layer starts as the identity. */
const gate: Module = stateless(
  () => ({ factor: zeros([]) }),
  (parameters, x: Tensor) => mul(x, leaf(parameters, 'factor', 'selfAttention')),
);

/**
 * Self-attention over the positions of `[N, C, H, W]` (SAGAN, Zhang et al. 2019, section 3): every
 * position is mixed from all, by how alike their queries and keys are, and added to itself times a
 * factor that starts at 0. Memory grows with `(H * W)²`. Parameters: the 1 x 1 convolutions `query`,
 * `key`, `value`, `output`, and `gate.factor`.
 * @throws NnError when `channels` is not a positive whole number.
 */
export function selfAttention(channels: number, options: SelfAttentionOptions = {}): Module {
  if (!Number.isInteger(channels) || channels < 1) {
    throw new NnError(`selfAttention of ${channels} channels: expected a positive whole number`);
  }
  const keys = options.keyChannels ?? Math.max(Math.floor(channels / 8), 1);
  const values = options.valueChannels ?? Math.max(Math.floor(channels / 2), 1);
  const plain = { bias: false };
  const layers = {
    query: conv(channels, keys, 1, plain),
    key: conv(channels, keys, 1, plain),
    value: conv(channels, values, 1, plain),
    output: conv(values, channels, 1, plain),
    gate,
  };
  return defineModule(layers, (use, x: Tensor) => {
    const [batch, , height, width] = x.shape as readonly [number, number, number, number];
    const positions = (y: Tensor): Tensor => reshape(y, [batch, -1, height * width]);
    const [query, key, value] = [use.query(x), use.key(x), use.value(x)].map(positions) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    // [N, from, to]: how much of each position goes into which.
    const weights = softmax(matmul(query, key, { transposeA: true }));
    const mixed = matmul(value, weights, { transposeB: true });
    const image = reshape(mixed, [batch, values, height, width]);
    return add(x, use.gate(use.output(image)));
  });
}
