import type { KernelFactory } from './kernel.ts';
import { defineUnary } from './unary.ts';

/** `max(x, 0)`. */
export const relu: KernelFactory<'relu'> = defineUnary('relu', () => [
  'clip',
  0,
  Number.POSITIVE_INFINITY,
]);

/** `min(max(x, min), max)`. */
export const clip: KernelFactory<'clip'> = defineUnary('clip', ({ min, max }) => [
  'clip',
  min,
  max,
]);

/** `1 / (1 + e^-x)`. */
export const sigmoid: KernelFactory<'sigmoid'> = defineUnary('sigmoid', () => ['sigmoid']);

/** `x * min(max(x / 6 + 0.5, 0), 1)`. */
export const hardSwish: KernelFactory<'hardSwish'> = defineUnary('hardSwish', () => ['hardSwish']);

/** `min(max(alpha * x + beta, 0), 1)`. */
export const hardSigmoid: KernelFactory<'hardSigmoid'> = defineUnary(
  'hardSigmoid',
  ({ alpha, beta }) => ['hardSigmoid', alpha, beta],
);

/** `x >= 0 ? x : alpha * x`. */
export const leakyRelu: KernelFactory<'leakyRelu'> = defineUnary('leakyRelu', ({ alpha }) => [
  'leakyRelu',
  alpha,
]);

/** `log(1 + e^x)`. */
export const softplus: KernelFactory<'softplus'> = defineUnary('softplus', () => ['softplus']);

/** `x / (1 + |x|)`. */
export const softsign: KernelFactory<'softsign'> = defineUnary('softsign', () => ['softsign']);

/** `x * Phi(x)`, exact or by tanh. */
export const gelu: KernelFactory<'gelu'> = defineUnary('gelu', ({ approximate }) => [
  approximate ? 'geluTanh' : 'gelu',
]);

/** `x > 0 ? x : alpha * (e^x - 1)`. */
export const elu: KernelFactory<'elu'> = defineUnary('elu', ({ alpha }) => ['selu', alpha, 1]);

/** `max(x, 0) + min(0, alpha * (e^(x / alpha) - 1))`. */
export const celu: KernelFactory<'celu'> = defineUnary('celu', ({ alpha }) => ['celu', alpha]);

/** `gamma * (x > 0 ? x : alpha * (e^x - 1))`. */
export const selu: KernelFactory<'selu'> = defineUnary('selu', ({ alpha, gamma }) => [
  'selu',
  alpha,
  gamma,
]);
