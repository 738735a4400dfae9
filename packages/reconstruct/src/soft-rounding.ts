// AdaRound's relaxation of rounding (Nagel et al. 2020, eq. 22 to 25) as BRECQ uses it: each weight
// lies between its two neighbours on the grid, by a variable that is driven to one of them.

import { abs, add, clip, customGradient, mul, sigmoid, sub, sum } from '@subbyte/autograd';
import { kernels } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';

/** Stretch of the rectified sigmoid: from -0.1 to 1.1. */
const low = -0.1;
const high = 1.1;

/**
 * The variable V at which `softRound` gives `fraction`, in [0, 1): `-ln((ζ - γ) / (f - γ) - 1)`.
 */
export function roundingVariable(fraction: number): number {
  return -Math.log((high - low) / (fraction - low) - 1);
}

/** `h(V) = clamp(sigmoid(V) (ζ - γ) + γ, 0, 1)`: the share of a step that is rounded up. */
export function softRound(variable: Tensor): Tensor {
  return clip(add(mul(sigmoid(variable), high - low), low), 0, 1);
}

/** From this magnitude of its variable on a weight is rounded: `h` is exactly 0 or 1, and has no slope. */
const decided = -roundingVariable(0);

/** Whether every weight's rounding is decided; the penalty sees to that shortly before the last iteration. */
export function isSettled(variables: readonly Tensor[]): boolean {
  return variables.every(({ data }) =>
    (data as Float32Array).every((value) => Math.abs(value) >= decided),
  );
}

/**
 * Exponent of the penalty at iteration `step` (from 1) of `iterations`: 20 while `warmUp` lasts, then
 * linearly down to 2.
 */
export function annealedExponent(step: number, iterations: number, warmUp: number): number {
  const start = warmUp * iterations;
  if (step < start) return 20;
  return 2 + 18 * Math.max(0, 1 - (step - start) / (iterations - start));
}

/** `Σ 1 - |2h - 1|^β`, which is 0 where all is rounded: a sum, not a mean (AdaRound, eq. 24). */
export function roundingPenalty(share: Tensor, exponent: number): Tensor {
  const distance = abs(sub(mul(share, 2), 1));
  return sum(sub(1, power(distance, exponent)));
}

/** `x^exponent` for x in [0, 1], by its logarithm: the derivative is finite at 0. */
function power(x: Tensor, exponent: number): Tensor {
  return customGradient(
    (base: Tensor) => {
      const logarithm = kernels.log([kernels.clip([base], { min: 1e-20, max: 1 })], {});
      return kernels.exp([mul(logarithm, exponent)], {});
    },
    ({ gradient, operands: [base] }) => {
      const logarithm = kernels.log([kernels.clip([base], { min: 1e-20, max: 1 })], {});
      const slope = mul(kernels.exp([mul(logarithm, exponent - 1)], {}), exponent);
      return [mul(gradient, slope)];
    },
  )(x);
}
