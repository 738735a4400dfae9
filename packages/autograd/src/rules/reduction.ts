import { kernels, type ReduceOptions } from '@subbyte/kernels';
import { reshape, type Tensor } from '@subbyte/tensor';
import { div, equal, keepAxes, mul, only, reverse, sub, sum, where } from './arithmetic.ts';
import type { GradientRule } from './rule.ts';
import { unary } from './unary.ts';

/** `value`, of the reduction's result, with the reduced axes back as size 1. */
function spread(value: Tensor, x: Tensor, { axes }: ReduceOptions): Tensor {
  return reshape(value, keepAxes(x.shape, axes));
}

function expandTo(value: Tensor, x: Tensor, options: ReduceOptions): Tensor {
  return kernels.expand([spread(value, x, options)], { shape: x.shape });
}

const count = (x: Tensor, { axes }: ReduceOptions): number =>
  axes.reduce((product, axis) => product * (x.shape[axis] as number), 1);

export const reduceSum: GradientRule<'reduceSum'> = unary((g, x, _, options) =>
  expandTo(g, x, options),
);
export const reduceMean: GradientRule<'reduceMean'> = unary((g, x, _, options) =>
  expandTo(mul(g, 1 / count(x, options)), x, options),
);

/** Equal extremes share the gradient. */
function extreme(g: Tensor, x: Tensor, y: Tensor, options: ReduceOptions): Tensor {
  const hit = equal(x, spread(y, x, options));
  const ties = sum(kernels.cast([hit], { dtype: x.dtype }), options.axes, true);
  return only(hit, div(expandTo(g, x, options), ties));
}
export const reduceMax: GradientRule<'reduceMax'> = unary(extreme);
export const reduceMin: GradientRule<'reduceMin'> = unary(extreme);

/** The product of the other elements: with one zero only that element has a gradient. */
export const reduceProd: GradientRule<'reduceProd'> = unary((g, x, _, options) => {
  const { axes } = options;
  const zero = equal(x, 0);
  const filled = where(zero, 1, x);
  const rest = kernels.reduceProd([filled], { axes, keepAxes: true });
  const zeros = sum(kernels.cast([zero], { dtype: x.dtype }), axes, true);
  const others = where(zero, only(equal(zeros, 1), rest), only(equal(zeros, 0), rest));
  return mul(div(others, filled), spread(g, x, options));
});
export const reduceSumSquare: GradientRule<'reduceSumSquare'> = unary((g, x, _, options) =>
  mul(mul(x, 2), spread(g, x, options)),
);
export const reduceL1: GradientRule<'reduceL1'> = unary((g, x, _, options) =>
  mul(kernels.sign([x], {}), spread(g, x, options)),
);
/** 0 at the origin, the smallest subgradient. */
export const reduceL2: GradientRule<'reduceL2'> = unary((g, x, y, options) => {
  const norm = where(equal(y, 0), 1, y);
  return mul(div(x, spread(norm, x, options)), spread(g, x, options));
});
export const reduceLogSumExp: GradientRule<'reduceLogSumExp'> = unary((g, x, y, options) =>
  mul(kernels.exp([sub(x, spread(y, x, options))], {}), spread(g, x, options)),
);
export const cumulativeSum: GradientRule<'cumulativeSum'> = unary((g, _x, _y, { axis }) =>
  reverse(kernels.cumulativeSum([reverse(g, axis)], { axis }), axis),
);
