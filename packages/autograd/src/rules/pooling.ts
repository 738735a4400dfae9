import { kernels } from '@subbyte/kernels';
import type { GradientRule } from './rule.ts';
import { unary } from './unary.ts';

export const maxPool2d: GradientRule<'maxPool2d'> = unary((g, x, _, options) =>
  kernels.maxPool2dGradient([x, g], options),
);
export const averagePool2d: GradientRule<'averagePool2d'> = unary((g, x, _, options) =>
  kernels.averagePool2dGradient([g], { ...options, inputShape: x.shape }),
);
