import { isFloat } from '@subbyte/tensor';
import { activationFunction } from '../activation.ts';
import { larger, smaller } from './arrays.ts';
import { saturate, saturateBigInt } from './cast.ts';
import { defineUnary, type UnaryKernel } from './unary.ts';
import { errorFunction } from './unary-functions.ts';

/** `max(x, 0)`. */
export const relu: UnaryKernel<'relu'> = defineUnary(
  'relu',
  () => activationFunction({ kind: 'relu' }),
  () => (x) => larger(x, 0n),
);

/** `min(max(x, min), max)`; bounds beyond an integer type are its own bounds. */
export const clip: UnaryKernel<'clip'> = defineUnary(
  'clip',
  ({ min, max }, dtype) => {
    if (isFloat(dtype)) return activationFunction({ kind: 'clip', min, max });
    const [low, high] = [saturate(min, dtype), saturate(max, dtype)];
    return (x) => Math.min(Math.max(x, low), high);
  },
  ({ min, max }, dtype) => {
    const [low, high] = [saturateBigInt(min, dtype), saturateBigInt(max, dtype)];
    return (x) => smaller(larger(x, low), high);
  },
);

/** `1 / (1 + exp(-x))`. */
export const sigmoid: UnaryKernel<'sigmoid'> = defineUnary('sigmoid', () =>
  activationFunction({ kind: 'sigmoid' }),
);

/** `x * min(max(x / 6 + 0.5, 0), 1)`. */
export const hardSwish: UnaryKernel<'hardSwish'> = defineUnary('hardSwish', () =>
  activationFunction({ kind: 'hardSwish' }),
);

/** `min(max(alpha * x + beta, 0), 1)`. */
export const hardSigmoid: UnaryKernel<'hardSigmoid'> = defineUnary(
  'hardSigmoid',
  ({ alpha, beta }) => activationFunction({ kind: 'hardSigmoid', alpha, beta }),
);

/** `x >= 0 ? x : alpha * x`. */
export const leakyRelu: UnaryKernel<'leakyRelu'> = defineUnary('leakyRelu', ({ alpha }) =>
  activationFunction({ kind: 'leakyRelu', alpha }),
);

/** `log(1 + exp(x))`, without overflow. */
export const softplus: UnaryKernel<'softplus'> = defineUnary(
  'softplus',
  () => (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
);

/** `x / (1 + |x|)`. */
export const softsign: UnaryKernel<'softsign'> = defineUnary(
  'softsign',
  () => (x) => x / (1 + Math.abs(x)),
);

/** `x * Phi(x)` (Hendrycks and Gimpel, 2016), exact or by tanh. */
export const gelu: UnaryKernel<'gelu'> = defineUnary('gelu', ({ approximate }) =>
  approximate
    ? (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
    : (x) => 0.5 * x * (1 + errorFunction(x * Math.SQRT1_2)),
);

/** `x > 0 ? x : alpha * (exp(x) - 1)`. */
export const elu: UnaryKernel<'elu'> = defineUnary(
  'elu',
  ({ alpha }) =>
    (x) =>
      x > 0 ? x : alpha * Math.expm1(x),
);

/** `max(x, 0) + min(0, alpha * (exp(x / alpha) - 1))`. */
export const celu: UnaryKernel<'celu'> = defineUnary(
  'celu',
  ({ alpha }) =>
    (x) =>
      Math.max(x, 0) + Math.min(0, alpha * Math.expm1(x / alpha)),
);

/** `gamma * (x > 0 ? x : alpha * (exp(x) - 1))`. */
export const selu: UnaryKernel<'selu'> = defineUnary(
  'selu',
  ({ alpha, gamma }) =>
    (x) =>
      gamma * (x > 0 ? x : alpha * Math.expm1(x)),
);
