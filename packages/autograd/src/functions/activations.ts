import type { GeluOptions, HardSigmoidOptions, SeluOptions } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import { apply } from '../apply.ts';
import { mul, sigmoid } from './elementwise.ts';

/** `x * Phi(x)` (Hendrycks and Gimpel 2016), exact or by tanh. */
export function gelu(x: Tensor, { approximate = false }: Partial<GeluOptions> = {}): Tensor {
  return apply('gelu', [x], { approximate });
}

/** `x * sigmoid(x)`. */
export function silu(x: Tensor): Tensor {
  return mul(x, sigmoid(x));
}

/** `x >= 0 ? x : alpha * x`. */
export function leakyRelu(x: Tensor, alpha = 0.01): Tensor {
  return apply('leakyRelu', [x], { alpha });
}

/** `x >= 0 ? x : slope * x`; the slope broadcasts to `x`. */
export function prelu(x: Tensor, slope: Tensor): Tensor {
  return apply('prelu', [x, slope], {});
}

/** `x > 0 ? x : alpha * (exp(x) - 1)`. */
export function elu(x: Tensor, alpha = 1): Tensor {
  return apply('elu', [x], { alpha });
}

/** `max(x, 0) + min(0, alpha * (exp(x / alpha) - 1))`. */
export function celu(x: Tensor, alpha = 1): Tensor {
  return apply('celu', [x], { alpha });
}

/** Self-normalising elu (Klambauer et al. 2017); the defaults are that paper's. */
export function selu(
  x: Tensor,
  { alpha = 1.6732632423543772, gamma = 1.0507009873554805 }: Partial<SeluOptions> = {},
): Tensor {
  return apply('selu', [x], { alpha, gamma });
}

/** `min(max(alpha * x + beta, 0), 1)`. */
export function hardSigmoid(
  x: Tensor,
  { alpha = 1 / 6, beta = 0.5 }: Partial<HardSigmoidOptions> = {},
): Tensor {
  return apply('hardSigmoid', [x], { alpha, beta });
}

/** `min(max(x, min), max)`; gradient 0 outside and at the bounds. */
export function clip(x: Tensor, min: number, max: number): Tensor {
  return apply('clip', [x], { min, max });
}
