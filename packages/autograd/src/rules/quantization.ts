import { type GridOptions, kernels } from '@subbyte/kernels';
import { reshape, type Shape, sizeOf, type Tensor } from '@subbyte/tensor';
import { div, sum } from './arithmetic.ts';
import type { GradientRule } from './rule.ts';

/** Adds up the elements of `x` that share a scale, to the shape of the scales. */
function sumToScale(x: Tensor, scaleShape: Shape, { axis, groupSize }: GridOptions): Tensor {
  const all = x.shape.map((_, i) => i);
  if (sizeOf(scaleShape) === 1) return reshape(sum(x, all), scaleShape);
  if (groupSize === 0) {
    return sum(
      x,
      all.filter((i) => i !== axis),
    );
  }
  const groups = scaleShape[axis] as number;
  const missing = groups * groupSize - (x.shape[axis] as number);
  const full = kernels.pad([x], {
    mode: 'constant',
    value: 0,
    before: all.map(() => 0),
    after: all.map((i) => (i === axis ? missing : 0)),
  });
  const split = x.shape.flatMap((size, i) => (i === axis ? [groups, groupSize] : [size]));
  return sum(reshape(full, split), [axis + 1]);
}

/** Linear in the scale; codes are integers and have no gradient. */
export const dequantizeLinear: GradientRule<'dequantizeLinear'> = ({
  operands: [, scale],
  options,
  result,
  gradient,
}) => [
  undefined,
  div(sumToScale(kernels.mul([gradient, result], {}), scale.shape, options), scale),
];

/**
 * Straight through for `x` (Bengio et al. 2013), the learned step size of LSQ for `scale` (Esser
 * et al. 2020, eq. 3). The zero point is a whole number and has no gradient.
 */
export const fakeQuantizeUniform: GradientRule<'fakeQuantizeUniform'> = ({
  operands: [x, scale, zeroPoint],
  options,
  gradient,
  wants,
}) => {
  const all = [x, scale, zeroPoint, gradient] as const;
  return [
    wants(0) ? kernels.fakeQuantizeUniformGradient(all, options) : undefined,
    wants(1) ? kernels.fakeQuantizeUniformScaleGradient(all, options) : undefined,
  ];
};
