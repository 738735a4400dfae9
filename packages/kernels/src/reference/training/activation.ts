import type { Kernel } from '../../table.ts';
import type { ActivationGradientOptions } from '../../training-table.ts';
import { numbersOf } from '../arrays.ts';
import { allocateResult } from '../result.ts';
import { errorFunction } from '../unary-functions.ts';

type Activation = ActivationGradientOptions['activation'];

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * The derivative of each kind of activation. Where a bend has two one-sided derivatives it is the
 * one of the side that is clamped, and the slope `alpha` of leakyRelu at 0.
 */
const derivatives: {
  readonly [K in Activation['kind']]: (
    activation: Extract<Activation, { kind: K }>,
  ) => (x: number) => number;
} = {
  relu: () => (x) => (x > 0 ? 1 : 0),
  clip:
    ({ min, max }) =>
    (x) =>
      x > min && x < max ? 1 : 0,
  hardSwish: () => (x) => (x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5),
  hardSigmoid: ({ alpha, beta }) => {
    return (x) => {
      const line = alpha * x + beta;
      return line > 0 && line < 1 ? alpha : 0;
    };
  },
  sigmoid: () => (x) => sigmoid(x) * sigmoid(-x),
  silu: () => (x) => sigmoid(x) * (1 + x * sigmoid(-x)),
  leakyRelu:
    ({ alpha }) =>
    (x) =>
      x > 0 ? 1 : alpha,
  tanh: () => (x) => 1 - Math.tanh(x) ** 2,
  gelu: () => (x) =>
    0.5 * (1 + errorFunction(x * Math.SQRT1_2)) +
    (x * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI),
};

/** `gradient * f'(x)`. */
export const activationGradient: Kernel<'activationGradient'> = (operands, options) => {
  const result = allocateResult('activationGradient', operands, options);
  const [x, gradient] = [numbersOf(operands[0]), numbersOf(operands[1])];
  const { activation } = options;
  const derivative = (derivatives[activation.kind] as (a: Activation) => (x: number) => number)(
    activation,
  );
  const to = numbersOf(result);
  for (let i = 0; i < to.length; i++) {
    to[i] = (gradient[i] as number) * derivative(x[i] as number);
  }
  return result;
};
