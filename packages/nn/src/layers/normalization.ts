import {
  instanceNorm as applyInstanceNorm,
  layerNorm as applyLayerNorm,
  batchNormTraining,
  batchNorm as batchNormWith,
  type EpsilonOptions,
} from '@subbyte/autograd';
import { kernels } from '@subbyte/kernels';
import { type Shape, scope, type Tensor, type Tree, tensor, zeros } from '@subbyte/tensor';
import { leaf, type Module, stateless } from '../module.ts';

/** Options of `batchNorm`. */
export interface BatchNormOptions extends EpsilonOptions {
  /** How much of the running statistics each batch replaces. Default: 0.1. */
  readonly momentum?: number | undefined;
}

const ones = (shape: Shape): Tensor =>
  tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape);

/** `(1 - momentum) * old + factor * fresh`. */
function blend(old: Tensor, fresh: Tensor, momentum: number, factor: number): Tensor {
  const constant = (value: number): Tensor => tensor([value], [], old.dtype);
  return scope(() => {
    const left = kernels.mul([old, constant(1 - momentum)], {});
    return kernels.add([left, kernels.mul([fresh, constant(momentum * factor)], {})], {});
  });
}

/**
 * Batch normalisation of `[N, C, ...]` along axis 1 (Ioffe and Szegedy 2015). Parameters `scale`
 * and `bias`, state `mean` and `variance`, all `[C]`. In train mode it normalises by the batch and
 * moves the state towards its statistics (the unbiased variance, as PyTorch does).
 */
export function batchNorm(channels: number, options: BatchNormOptions = {}): Module {
  const { momentum = 0.1 } = options;
  return {
    init: () => ({
      parameters: { scale: ones([channels]), bias: zeros([channels]) },
      state: { mean: zeros([channels]), variance: ones([channels]) },
    }),
    apply: ({ parameters, state }, x, { train = false } = {}) => {
      const scale = leaf(parameters, 'scale', 'batchNorm');
      const bias = leaf(parameters, 'bias', 'batchNorm');
      const mean = leaf(state, 'mean', 'batchNorm state');
      const variance = leaf(state, 'variance', 'batchNorm state');
      if (!train) return { y: batchNormWith(x, scale, bias, mean, variance, options), state };
      const batch = batchNormTraining(x, scale, bias, options);
      const count = x.size / channels;
      const next: Tree = {
        mean: blend(mean, batch.mean, momentum, 1),
        variance: blend(variance, batch.variance, momentum, count / Math.max(count - 1, 1)),
      };
      return { y: batch.result, state: next };
    },
  };
}

const affine = (shape: Shape) => (): Tree => ({ scale: ones(shape), bias: zeros(shape) });

/**
 * Instance normalisation of `[N, C, ...]`: each channel of each sample (Ulyanov et al. 2016).
 * Parameters `scale` and `bias` of `[C]`.
 */
export function instanceNorm(channels: number, options: EpsilonOptions = {}): Module {
  return stateless(affine([channels]), (parameters, x: Tensor) =>
    applyInstanceNorm(
      x,
      leaf(parameters, 'scale', 'instanceNorm'),
      leaf(parameters, 'bias', 'instanceNorm'),
      options,
    ),
  );
}

/**
 * Layer normalisation over the last axes, of sizes `shape` (Ba et al. 2016). Parameters `scale`
 * and `bias` of `shape`.
 */
export function layerNorm(shape: number | Shape, options: EpsilonOptions = {}): Module {
  const sizes = [shape].flat();
  return stateless(affine(sizes), (parameters, x: Tensor) =>
    applyLayerNorm(
      x,
      leaf(parameters, 'scale', 'layerNorm'),
      leaf(parameters, 'bias', 'layerNorm'),
      { ...options, axis: -sizes.length },
    ),
  );
}
