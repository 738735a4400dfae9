import type { Activation } from './options.ts';

/** One function per kind of activation. NaN stays NaN. */
const rules: {
  readonly [K in Activation['kind']]: (
    activation: Extract<Activation, { kind: K }>,
  ) => (x: number) => number;
} = {
  relu: () => (x) => Math.max(x, 0),
  clip:
    ({ min, max }) =>
    (x) =>
      Math.min(Math.max(x, min), max),
  hardSwish: () => (x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1),
  hardSigmoid:
    ({ alpha, beta }) =>
    (x) =>
      Math.min(Math.max(alpha * x + beta, 0), 1),
  sigmoid: () => (x) => 1 / (1 + Math.exp(-x)),
  silu: () => (x) => x / (1 + Math.exp(-x)),
  leakyRelu:
    ({ alpha }) =>
    (x) =>
      x >= 0 ? x : alpha * x,
};

/** The scalar function of `activation`; the identity when there is none. */
export function activationFunction(activation: Activation | undefined): (x: number) => number {
  if (activation === undefined) return (x) => x;
  return (rules[activation.kind] as (activation: Activation) => (x: number) => number)(activation);
}

/** Applies a fused activation to one value, in double precision. */
export function applyActivation(value: number, activation: Activation | undefined): number {
  return activationFunction(activation)(value);
}
