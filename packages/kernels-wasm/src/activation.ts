import type { Activation } from '@subbyte/kernels';

/** Kind and two parameters, as assembly/activation.ts numbers them. */
export type ActivationCode = readonly [kind: number, p: number, q: number];

const rules: {
  readonly [K in Activation['kind']]: (
    activation: Extract<Activation, { kind: K }>,
  ) => ActivationCode;
} = {
  relu: () => [1, 0, Number.POSITIVE_INFINITY],
  clip: ({ min, max }) => [1, min, max],
  hardSwish: () => [2, 0, 0],
  hardSigmoid: ({ alpha, beta }) => [3, alpha, beta],
  sigmoid: () => [4, 0, 0],
  silu: () => [5, 0, 0],
  leakyRelu: ({ alpha }) => [6, alpha, 0],
};

/** The code of a fused activation. */
export function activationCode(activation: Activation | undefined): ActivationCode {
  if (activation === undefined) return [0, 0, 0];
  return (rules[activation.kind] as (activation: Activation) => ActivationCode)(activation);
}
