import { div, matmul, mul, reshape, stopGradient, sum, transpose } from '@subbyte/autograd';
import { kernels } from '@subbyte/kernels';
import { isTensor, randomNormal, scope, type Tensor, type Tree, tensor } from '@subbyte/tensor';
import { branch, leaf, type Module } from '../module.ts';

/** Options of `spectralNorm`. */
export interface SpectralNormOptions {
  /** Axis of the weight that counts the outputs: 0, or 1 for `convTranspose`. Default: 0. */
  readonly axis?: 0 | 1 | undefined;
  /** Power iterations at each use in train mode. Default: 1. */
  readonly iterations?: number | undefined;
}

/** Below this a vector has no direction. */
const epsilon = 1e-12;

function normalized(x: Tensor): Tensor {
  const norm = kernels.reduceL2([x], { axes: [0], keepAxes: false });
  return kernels.div([x, kernels.max([norm, tensor([epsilon], [], x.dtype)], {})], {});
}

const product = (a: Tensor, b: Tensor, transposeA = false): Tensor =>
  kernels.matmul([a, b], { transposeA, transposeB: false });

/** The weight as a matrix with one row per output. */
function matrix(weight: Tensor, axis: 0 | 1): Tensor {
  const rank = weight.shape.length;
  const order = [axis, ...Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis)];
  const first = axis === 0 ? weight : transpose(weight, order);
  return reshape(first, [weight.shape[axis] as number, -1]);
}

/** Left and right singular vectors after some power iterations from `left`. */
function iterate(
  weights: Tensor,
  left: Tensor,
  iterations: number,
): { left: Tensor; right: Tensor } {
  let u = left;
  let v = normalized(product(weights, u, true));
  for (let i = 0; i < iterations; i++) {
    u = normalized(product(weights, v));
    v = normalized(product(weights, u, true));
  }
  return { left: u, right: v };
}

/**
 * `layer` with its `weight` divided by its largest singular value (Miyato et al. 2018), which the
 * gradient passes through. Parameters are those of `layer`; state: the singular vectors `left` and
 * `right`, which train mode improves by power iteration, and that of `layer` as `layer`.
 */
export function spectralNorm(layer: Module, options: SpectralNormOptions = {}): Module {
  const { axis = 0, iterations = 1 } = options;
  return {
    init: (random) => {
      const { parameters, state } = layer.init(random);
      const vectors = scope(() => {
        const weights = matrix(leaf(parameters, 'weight', 'spectralNorm'), axis);
        const start = randomNormal([weights.shape[0] as number], random);
        return iterate(weights, normalized(start), 1);
      });
      return { parameters, state: { ...vectors, layer: state } };
    },
    apply: ({ parameters, state }, x, { train = false } = {}) => {
      const weight = leaf(parameters, 'weight', 'spectralNorm');
      const weights = matrix(weight, axis);
      const before = {
        left: leaf(state, 'left', 'spectralNorm state'),
        right: leaf(state, 'right', 'spectralNorm state'),
      };
      // The vectors are constants to gradients (eq. 12 of the paper takes them as given).
      const { left, right } = train
        ? scope(() => iterate(stopGradient(weights), before.left, iterations))
        : before;
      const norm = sum(mul(matmul(weights, right), left));
      const inner = branch(state, 'layer', 'spectralNorm state');
      const given = isTensor(parameters) ? {} : (parameters as { readonly [key: string]: Tree });
      const scaled = { ...given, weight: div(weight, norm) };
      const applied = layer.apply({ parameters: scaled, state: inner }, x, { train });
      return {
        y: applied.y,
        state: train ? { left, right, layer: applied.state } : state,
      };
    },
  };
}
