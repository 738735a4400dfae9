import {
  type ActivationGradientOptions,
  type ForwardKernelName,
  kernels,
  type OperandsOf,
  type OptionsOf,
} from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import { add, div, greater, mul, neg, sub, where } from './arithmetic.ts';
import type { GradientRule } from './rule.ts';

type UnaryName = {
  [K in ForwardKernelName]: OperandsOf<K> extends readonly [x: Tensor] ? K : never;
}[ForwardKernelName];

type Derivative<K extends UnaryName> = (
  gradient: Tensor,
  x: Tensor,
  y: Tensor,
  options: OptionsOf<K>,
) => Tensor;

/** A rule from the gradient, the operand and the result. */
export function unary<K extends UnaryName>(derivative: Derivative<K>): GradientRule<K> {
  return ({ gradient, operands, result, options }) => [
    derivative(gradient, operands[0] as Tensor, result, options),
  ];
}

function activation<K extends UnaryName>(
  of: (options: OptionsOf<K>) => ActivationGradientOptions['activation'],
): GradientRule<K> {
  return unary<K>((gradient, x, _, options) =>
    kernels.activationGradient([x, gradient], { activation: of(options) }),
  );
}

const exp = (x: Tensor): Tensor => kernels.exp([x], {});

/** sqrt(2 / pi) and the cubic coefficient of gelu's tanh approximation. */
const geluScale = Math.sqrt(2 / Math.PI);
const geluCubic = 0.044715;

const approximateGelu: Derivative<'gelu'> = (gradient, x) => {
  const square = mul(x, x);
  const inner = mul(mul(x, add(mul(square, geluCubic), 1)), geluScale);
  const t = kernels.tanh([inner], {});
  const slope = mul(add(mul(square, 3 * geluCubic), 1), geluScale);
  const bend = mul(mul(x, sub(mul(t, t), 1)), mul(slope, -0.5));
  return mul(gradient, add(mul(add(t, 1), 0.5), bend));
};

export const abs: GradientRule<'abs'> = unary((g, x) => mul(g, kernels.sign([x], {})));
export const negRule: GradientRule<'neg'> = unary((g) => neg(g));
export const expRule: GradientRule<'exp'> = unary((g, _, y) => mul(g, y));
export const log: GradientRule<'log'> = unary((g, x) => div(g, x));
export const sqrt: GradientRule<'sqrt'> = unary((g, _, y) => div(mul(g, 0.5), y));
export const reciprocal: GradientRule<'reciprocal'> = unary((g, _, y) => neg(mul(g, mul(y, y))));
export const sin: GradientRule<'sin'> = unary((g, x) => mul(g, kernels.cos([x], {})));
export const cos: GradientRule<'cos'> = unary((g, x) => neg(mul(g, kernels.sin([x], {}))));
export const erf: GradientRule<'erf'> = unary((g, x) =>
  mul(mul(g, exp(neg(mul(x, x)))), 2 / Math.sqrt(Math.PI)),
);
export const tanh: GradientRule<'tanh'> = activation(() => ({ kind: 'tanh' }));
export const sigmoid: GradientRule<'sigmoid'> = activation(() => ({ kind: 'sigmoid' }));
/** The result tells as much as the operand, and is more likely to be in the cache. */
export const relu: GradientRule<'relu'> = unary((g, _, y) =>
  kernels.activationGradient([y, g], { activation: { kind: 'relu' } }),
);
export const softplus: GradientRule<'softplus'> = unary((g, x) => mul(g, kernels.sigmoid([x], {})));
export const softsign: GradientRule<'softsign'> = unary((g, x) => {
  const root = add(kernels.abs([x], {}), 1);
  return div(g, mul(root, root));
});
export const hardSwish: GradientRule<'hardSwish'> = activation(() => ({ kind: 'hardSwish' }));
export const gelu: GradientRule<'gelu'> = unary((g, x, y, options) =>
  options.approximate
    ? approximateGelu(g, x, y, options)
    : kernels.activationGradient([x, g], { activation: { kind: 'gelu' } }),
);
export const leakyRelu: GradientRule<'leakyRelu'> = activation(({ alpha }) => ({
  kind: 'leakyRelu',
  alpha,
}));
export const elu: GradientRule<'elu'> = unary((g, x, y, { alpha }) =>
  where(greater(x, 0), g, mul(g, add(y, alpha))),
);
export const celu: GradientRule<'celu'> = unary((g, x, _, { alpha }) =>
  where(greater(x, 0), g, mul(g, exp(div(x, alpha)))),
);
export const selu: GradientRule<'selu'> = unary((g, x, y, { alpha, gamma }) =>
  where(greater(x, 0), mul(g, gamma), mul(g, add(y, alpha * gamma))),
);
export const hardSigmoid: GradientRule<'hardSigmoid'> = activation(({ alpha, beta }) => ({
  kind: 'hardSigmoid',
  alpha,
  beta,
}));
export const clip: GradientRule<'clip'> = activation(({ min, max }) => ({
  kind: 'clip',
  min,
  max,
}));

/** Between float types the gradient is cast back; what goes through integers is constant. */
export const cast: GradientRule<'cast'> = unary((g, x) =>
  x.dtype === g.dtype ? g : kernels.cast([g], { dtype: x.dtype }),
);
