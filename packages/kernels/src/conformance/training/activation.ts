import type { Shape } from '@subbyte/tensor';
import type { ActivationGradientOptions } from '../../training-table.ts';
import { type ConformanceCase, defineCase, defineRejected } from '../case.ts';
import { activations } from '../convolution.ts';
import { normal, normals, uniform, values } from '../operands.ts';

const sizes: readonly Shape[] = [[], [3], [4], [2, 3, 5, 7], [1027], [0, 4]];
const corners = [0, -0, -3, 3, -0.5, 0.75, -2.5, 2.5, 6, 1e-30, -1e-30, 100, -100, 1e4, -1e4];

const kinds: readonly ActivationGradientOptions['activation'][] = [
  ...activations,
  { kind: 'tanh' },
  { kind: 'gelu' },
];

/** Those whose flat parts pass nothing, not even at NaN. */
const clamped = activations.filter(({ kind }) => ['relu', 'clip', 'hardSigmoid'].includes(kind));

/** Cases of `activationGradient`. */
export const activationGradientCases: readonly ConformanceCase[] = [
  ...kinds.flatMap((activation) => {
    const { kind } = activation;
    return [
      ...sizes.map((shape) =>
        defineCase(
          'activationGradient',
          `${kind} [${shape}]`,
          (r) => [uniform(r, shape, -6, 6), normal(r, shape)],
          { activation },
          2e-6,
        ),
      ),
      defineCase(
        'activationGradient',
        `${kind} at corners`,
        (r) => [values(corners), uniform(r, [corners.length], 0.5, 2)],
        { activation },
        2e-6,
      ),
    ];
  }),
  ...clamped.map((activation) =>
    defineCase(
      'activationGradient',
      `${activation.kind} passes nothing at NaN`,
      () => [values([Number.NaN, 0.5, Number.NaN, 0.25, -4]), values([1, 2, 3, 4, 5])],
      { activation },
      1e-6,
    ),
  ),
  defineRejected('activationGradient', 'a gradient of another shape', normals([2, 3], [3]), {
    activation: { kind: 'relu' },
  }),
];
