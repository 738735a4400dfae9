import type { Shape } from '@subbyte/tensor';
import type { AdamUpdateOptions, SgdUpdateOptions } from '../../training-table.ts';
import { type ConformanceCase, defineCase, defineRejected } from '../case.ts';
import { normal, normals, uniform } from '../operands.ts';

const sizes: readonly Shape[] = [[], [3], [16, 5, 3, 3], [1027], [0]];

const sgd: SgdUpdateOptions = { rate: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0 };
const adam: AdamUpdateOptions = {
  rate: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  decoupled: false,
  step: 1,
};

const sgdPlans: readonly (readonly [label: string, options: SgdUpdateOptions])[] = [
  ['momentum', sgd],
  ['plain', { ...sgd, momentum: 0 }],
  ['nesterov', { ...sgd, nesterov: true }],
  ['decay', { ...sgd, weightDecay: 0.05 }],
  ['nesterov and decay', { ...sgd, nesterov: true, weightDecay: 0.05 }],
];

const adamPlans: readonly (readonly [label: string, options: AdamUpdateOptions])[] = [
  ['first step', adam],
  ['step 3', { ...adam, step: 3 }],
  ['step 10000', { ...adam, step: 10_000 }],
  ['decay', { ...adam, step: 2, weightDecay: 0.1 }],
  ['decoupled decay', { ...adam, step: 2, weightDecay: 0.1, decoupled: true }],
  ['other moments', { ...adam, step: 4, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 }],
];

/** Cases of the kernels that write their operands in place. */
export const updateCases: readonly ConformanceCase[] = [
  ...sizes.flatMap((shape) => [
    ...sgdPlans.map(([label, options]) =>
      defineCase('sgdUpdate', `${label} [${shape}]`, normals(shape, shape, shape), options, 1e-6),
    ),
    ...adamPlans.map(([label, options]) =>
      defineCase(
        'adamUpdate',
        `${label} [${shape}]`,
        (r) => [normal(r, shape), normal(r, shape), normal(r, shape), uniform(r, shape, 0.01, 1)],
        options,
        2e-6,
      ),
    ),
    ...[0, 0.5, 0.999, 1].map((decay) =>
      defineCase('blendUpdate', `${decay} [${shape}]`, normals(shape, shape), { decay }, 1e-6),
    ),
    defineCase('accumulateUpdate', `[${shape}]`, normals(shape, shape), {}, 1e-6),
  ]),
  defineRejected('sgdUpdate', 'a velocity of another shape', normals([3], [3], [2]), sgd),
  defineRejected('adamUpdate', 'step 0', normals([3], [3], [3], [3]), { ...adam, step: 0 }),
  defineRejected('adamUpdate', 'a moment too small', normals([3], [3], [3], [2]), adam),
  defineRejected('blendUpdate', 'shapes that broadcast', normals([3], [1]), { decay: 0.5 }),
  defineRejected('accumulateUpdate', 'shapes that broadcast', normals([2, 3], [3]), {}),
];
