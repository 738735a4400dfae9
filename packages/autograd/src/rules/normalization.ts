import { kernels } from '@subbyte/kernels';
import { reshape, type Tensor } from '@subbyte/tensor';
import { add, mul, neg, pow, row } from './arithmetic.ts';
import type { GradientRule } from './rule.ts';
import { unary } from './unary.ts';

export const softmax: GradientRule<'softmax'> = unary((g, _, y, options) =>
  kernels.softmaxGradient([y, g], options),
);
export const logSoftmax: GradientRule<'logSoftmax'> = unary((g, _, y, options) =>
  kernels.logSoftmaxGradient([y, g], options),
);

/** `[C]` along axis 1 of a tensor of rank `rank`. */
function alongChannels(x: Tensor, rank: number): Tensor {
  return reshape(x, [x.size, ...new Array<number>(rank - 2).fill(1)]);
}

/** With given statistics the layer is linear in `x`. */
export const batchNorm: GradientRule<'batchNorm'> = ({ operands, options, gradient, wants }) => {
  const [x, scale, , mean, variance] = operands;
  const inverse = pow(add(variance, options.epsilon), -0.5);
  const factor = mul(scale, inverse);
  const byX = wants(0) ? mul(gradient, alongChannels(factor, x.shape.length)) : undefined;
  if (![1, 2, 3, 4].some(wants)) return [byX];
  const statistics = kernels.concat(
    [mean, variance].map((part) => reshape(part, [1, part.size])),
    { axis: 0 },
  );
  const sums = kernels.batchNormParameterGradient([x, gradient, statistics], options);
  const [bySum, byProduct] = [row(sums, 0), row(sums, 1)];
  return [
    byX,
    wants(1) ? byProduct : undefined,
    wants(2) ? bySum : undefined,
    wants(3) ? neg(mul(bySum, factor)) : undefined,
    wants(4) ? mul(mul(byProduct, mul(factor, inverse)), -0.5) : undefined,
  ];
};

export const instanceNorm: GradientRule<'instanceNorm'> = ({
  operands,
  options,
  gradient,
  wants,
}) => {
  const [x, scale] = operands;
  const byX = wants(0)
    ? kernels.instanceNormInputGradient([x, gradient, scale], options)
    : undefined;
  if (!wants(1) && !wants(2)) return [byX];
  const sums = kernels.instanceNormParameterGradient([x, gradient], options);
  return [byX, wants(1) ? row(sums, 1) : undefined, wants(2) ? row(sums, 0) : undefined];
};

export const layerNorm: GradientRule<'layerNorm'> = ({ operands, options, gradient, wants }) => {
  const [x, scale] = operands;
  const byX = wants(0) ? kernels.layerNormInputGradient([x, gradient, scale], options) : undefined;
  if (!wants(1) && !wants(2)) return [byX];
  const sums = kernels.layerNormParameterGradient([x, gradient], options);
  return [byX, wants(1) ? row(sums, 1) : undefined, wants(2) ? row(sums, 0) : undefined];
};
