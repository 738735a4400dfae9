import { kernels } from '@subbyte/kernels';
import { reshape } from '@subbyte/tensor';
import { sum, sumTo } from './arithmetic.ts';
import type { GradientRule } from './rule.ts';
import { unary } from './unary.ts';

export const transpose: GradientRule<'transpose'> = unary((g, _x, _y, { permutation }) =>
  kernels.transpose([g], { permutation: permutation.map((_, axis) => permutation.indexOf(axis)) }),
);
export const pad: GradientRule<'pad'> = unary((g, x, _, options) =>
  kernels.padGradient([g], { ...options, inputShape: x.shape }),
);
export const slice: GradientRule<'slice'> = unary((g, x, _, options) =>
  kernels.sliceGradient([g], { ...options, inputShape: x.shape }),
);
export const concat: GradientRule<'concat'> = ({
  operands,
  options: { axis },
  gradient,
  wants,
}) => {
  let start = 0;
  return operands.map(({ shape }, index) => {
    const starts = shape.map((_, i) => (i === axis ? start : 0));
    start += shape[axis] as number;
    if (!wants(index)) return undefined;
    return kernels.slice([gradient], { starts, sizes: shape, steps: shape.map(() => 1) });
  });
};
export const gather: GradientRule<'gather'> = ({ operands: [x, indices], options, gradient }) => [
  kernels.gatherGradient([gradient, indices], { ...options, inputShape: x.shape }),
];
export const gatherElements: GradientRule<'gatherElements'> = ({
  operands: [x, indices],
  options,
  gradient,
}) => [kernels.gatherElementsGradient([gradient, indices], { ...options, inputShape: x.shape })];
export const expand: GradientRule<'expand'> = unary((g, x) => sumTo(g, x.shape));
/** Each axis is read as repetition times position, and the repetitions are added up. */
export const tile: GradientRule<'tile'> = unary((g, x, _, { repeats }) => {
  const split = x.shape.flatMap((size, axis) => [repeats[axis] as number, size]);
  return sum(
    reshape(g, split),
    repeats.map((_, axis) => 2 * axis),
  );
});
export const resize: GradientRule<'resize'> = unary((g, x, _, options) =>
  kernels.resizeGradient([g], { ...options, inputShape: x.shape }),
);
export const depthToSpace: GradientRule<'depthToSpace'> = unary((g, _x, _y, options) =>
  kernels.spaceToDepth([g], options),
);
export const spaceToDepth: GradientRule<'spaceToDepth'> = unary((g, _x, _y, options) =>
  kernels.depthToSpace([g], options),
);
