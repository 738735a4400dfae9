import { matmul } from '@subbyte/autograd';
import type { Tensor } from '@subbyte/tensor';
import { leaf, type Module, optionalLeaf, stateless } from '../module.ts';
import { type WeightOptions, weightAndBias } from './convolution.ts';

/**
 * `x · weightᵀ + bias` along the last axis. Parameters: `weight` of `[outputs, inputs]`, `bias` of
 * `[outputs]`.
 */
export function linear(inputs: number, outputs: number, options: WeightOptions = {}): Module {
  return stateless(
    weightAndBias([outputs, inputs], outputs, { inputs, outputs }, options),
    (parameters, x: Tensor) =>
      matmul(x, leaf(parameters, 'weight', 'linear'), {
        transposeB: true,
        bias: optionalLeaf(parameters, 'bias', 'linear'),
      }),
  );
}
