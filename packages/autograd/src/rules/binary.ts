import { type ForwardKernelName, kernels, type OperandsOf, type OptionsOf } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import {
  where as choose,
  div,
  equal,
  greater,
  less,
  lessOrEqual,
  mul,
  neg,
  only,
  pow as power,
  sub,
  sumTo,
} from './arithmetic.ts';
import type { GradientRule } from './rule.ts';

type BinaryName = {
  [K in ForwardKernelName]: OperandsOf<K> extends readonly [a: Tensor, b: Tensor] ? K : never;
}[ForwardKernelName];

type Partial<K extends BinaryName> = (
  gradient: Tensor,
  a: Tensor,
  b: Tensor,
  y: Tensor,
  options: OptionsOf<K>,
) => Tensor;

/** A rule from the two partial derivatives, before broadcasting is summed back. */
function binary<K extends BinaryName>(byA: Partial<K>, byB: Partial<K>): GradientRule<K> {
  return ({ gradient, operands, options, result, wants }) => {
    const [a, b] = operands as readonly [Tensor, Tensor];
    const by = (index: number, partial: Partial<K>, operand: Tensor): Tensor | undefined =>
      wants(index) ? sumTo(partial(gradient, a, b, result, options), operand.shape) : undefined;
    return [by(0, byA, a), by(1, byB, b)];
  };
}

export const add: GradientRule<'add'> = binary(
  (g) => g,
  (g) => g,
);
export const subRule: GradientRule<'sub'> = binary(
  (g) => g,
  (g) => neg(g),
);
export const mulRule: GradientRule<'mul'> = binary(
  (g, _, b) => mul(g, b),
  (g, a) => mul(g, a),
);
export const divRule: GradientRule<'div'> = binary(
  (g, _, b) => div(g, b),
  (g, _, b, y) => neg(div(mul(g, y), b)),
);
/** Of the exponent only where the base is positive: elsewhere the power is not a function of it. */
export const pow: GradientRule<'pow'> = binary(
  (g, a, b) => {
    const exponent = b.dtype === a.dtype ? b : kernels.cast([b], { dtype: a.dtype });
    // x^0 is constant, also at 0, where 0 * 0^-1 would be NaN.
    const slope = mul(power(a, sub(exponent, 1)), exponent);
    return mul(g, choose(equal(exponent, 0), 0, slope));
  },
  (g, a, b, y) => {
    const positive = greater(a, 0);
    const logarithm = kernels.log([choose(positive, a, 1)], {});
    const result = mul(mul(g, y), logarithm);
    return b.dtype === result.dtype ? result : kernels.cast([result], { dtype: b.dtype });
  },
);
/** The quotient is piecewise constant: `a - b * quotient`. */
export const mod: GradientRule<'mod'> = binary(
  (g) => g,
  (g, a, b, y) => neg(mul(g, kernels.round([div(sub(a, y), b)], {}))),
);
/** Of equal elements the first takes the gradient. */
export const min: GradientRule<'min'> = binary(
  (g, a, b) => only(lessOrEqual(a, b), g),
  (g, a, b) => only(less(b, a), g),
);
/** Of equal elements the first takes the gradient. */
export const max: GradientRule<'max'> = binary(
  (g, a, b) => only(lessOrEqual(b, a), g),
  (g, a, b) => only(less(a, b), g),
);
export const prelu: GradientRule<'prelu'> = binary(
  (g, x, slope) => choose(less(x, 0), mul(g, slope), g),
  (g, x) => only(less(x, 0), mul(g, x)),
);
export const where: GradientRule<'where'> = ({ gradient, operands, wants }) => {
  const [condition, a, b] = operands;
  return [
    undefined,
    wants(1) ? sumTo(only(condition, gradient), a.shape) : undefined,
    wants(2) ? sumTo(choose(condition, 0, gradient), b.shape) : undefined,
  ];
};
