import { defineUnary, type UnaryKernel } from './unary.ts';

/**
 * The error function, accurate to a few units in the last place of a double.
 * Series with positive terms only: `2/sqrt(pi) exp(-x²) sum 2^n x^(2n+1) / (2n+1)!!`
 * (Abramowitz and Stegun, 7.1.6).
 */
export function errorFunction(x: number): number {
  const magnitude = Math.abs(x);
  if (!(magnitude < 6)) return Math.sign(x);
  const square = 2 * x * x;
  let term = magnitude;
  let sum = magnitude;
  for (let n = 3; term > sum * 1e-17; n += 2) {
    term *= square / n;
    sum += term;
  }
  const value = (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  return x < 0 ? -Math.min(value, 1) : Math.min(value, 1);
}

/** `e^x`. */
export const exp: UnaryKernel<'exp'> = defineUnary('exp', () => Math.exp);

/** Natural logarithm; NaN below 0. */
export const log: UnaryKernel<'log'> = defineUnary('log', () => Math.log);

/** Sine of radians. */
export const sin: UnaryKernel<'sin'> = defineUnary('sin', () => Math.sin);

/** Cosine of radians. */
export const cos: UnaryKernel<'cos'> = defineUnary('cos', () => Math.cos);

/** Error function. */
export const erf: UnaryKernel<'erf'> = defineUnary('erf', () => errorFunction);

/** Hyperbolic tangent. */
export const tanh: UnaryKernel<'tanh'> = defineUnary('tanh', () => Math.tanh);
