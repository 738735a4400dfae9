import type { Shape } from '@subbyte/tensor';
import { type ConformanceCase, defineCase, defineRejected } from '../case.ts';
import { images, layers } from '../normalization.ts';
import { normal, normals, uniform } from '../operands.ts';

const epsilon = 1e-5;
const close = 5e-5;

function batchNormCases(shape: Shape): ConformanceCase[] {
  const c = shape[1] as number;
  return [
    defineCase('batchNormStatistics', `[${shape}]`, normals(shape), {}, 1e-5),
    defineCase(
      'batchNormStatistics',
      `[${shape}] far from 0`,
      (r) => [uniform(r, shape, 99, 101)],
      {},
      1e-4,
    ),
    defineCase(
      'batchNormParameterGradient',
      `[${shape}]`,
      (r) => [normal(r, shape), normal(r, shape), uniform(r, [2, c], 0.1, 2)],
      { epsilon },
      close,
    ),
    defineCase(
      'batchNormInputGradient',
      `[${shape}]`,
      (r) => [
        normal(r, shape),
        normal(r, shape),
        normal(r, [c]),
        uniform(r, [2, c], 0.1, 2),
        normal(r, [2, c]),
      ],
      { epsilon },
      close,
    ),
  ];
}

/** Cases of the gradients of the normalisations, and of batch norm's statistics. */
export const normalizationGradientCases: readonly ConformanceCase[] = [
  ...[...images, [4, 6], [64, 5, 8, 8]].flatMap(batchNormCases),
  ...images.flatMap((shape) => {
    const c = [shape[1] as number];
    return [
      defineCase(
        'instanceNormInputGradient',
        `[${shape}]`,
        normals(shape, shape, c),
        { epsilon },
        close,
      ),
      defineCase(
        'instanceNormParameterGradient',
        `[${shape}]`,
        normals(shape, shape),
        { epsilon },
        close,
      ),
    ];
  }),
  ...layers.flatMap(([shape, axis, scale]) => {
    const label = `[${shape}] from axis ${axis}`;
    const options = { axis, epsilon };
    return [
      defineCase('layerNormInputGradient', label, normals(shape, shape, scale), options, close),
      defineCase('layerNormParameterGradient', label, normals(shape, shape), options, close),
    ];
  }),
  defineRejected('batchNormStatistics', 'rank 1', normals([3]), {}),
  defineRejected(
    'batchNormParameterGradient',
    'statistics of other channels',
    normals([2, 3], [2, 3], [2, 4]),
    { epsilon },
  ),
  defineRejected(
    'batchNormInputGradient',
    'a variance without its mean',
    normals([2, 3], [2, 3], [3], [3], [2, 3]),
    { epsilon },
  ),
  defineRejected(
    'instanceNormInputGradient',
    'a gradient of another shape',
    normals([2, 3, 4], [2, 3], [3]),
    { epsilon },
  ),
  defineRejected('instanceNormParameterGradient', 'rank 2', normals([2, 3], [2, 3]), { epsilon }),
  defineRejected(
    'layerNormInputGradient',
    'a scale that enlarges',
    normals([1, 3], [1, 3], [2, 3]),
    { axis: 1, epsilon },
  ),
  defineRejected('layerNormParameterGradient', 'an axis beyond', normals([3], [3]), {
    axis: 1,
    epsilon,
  }),
];
