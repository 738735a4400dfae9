import type { Shape } from '@subbyte/tensor';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import { normal, normals, uniform } from './operands.ts';

/** Shapes with a channel axis. */
export const images: readonly Shape[] = [
  [2, 3, 4, 5],
  [1, 16, 7, 9],
  [3, 1, 8, 8],
  [2, 5, 33],
  [0, 3, 2, 2],
];

/** Layer norms: shape, first normalised axis, shapes of scale and bias. */
export const layers: readonly (readonly [x: Shape, axis: number, scale: Shape, bias?: Shape])[] = [
  [[2, 3, 8], 2, [8], [8]],
  [[2, 3, 120], 2, [120], [120]],
  [[5, 17], 1, [17]],
  [[2, 3, 4, 5], 2, [4, 5], [4, 5]],
  [[2, 3, 4, 5], 0, [2, 3, 4, 5], [5]],
  [[3, 7], 1, [1], []],
  [[0, 4], 1, [4], [4]],
];

/** Cases of the normalisations. */
export const normalizationCases: readonly ConformanceCase[] = [
  ...[...images, [4, 6]].map((shape) => {
    const c = [shape[1] as number];
    return defineCase(
      'batchNorm',
      `[${shape}]`,
      (r) => [normal(r, shape), normal(r, c), normal(r, c), normal(r, c), uniform(r, c, 0.1, 2)],
      { epsilon: 1e-5 },
      1e-5,
    );
  }),
  ...images.map((shape) => {
    const c = [shape[1] as number];
    const operands = { epsilon: 1e-5 };
    return defineCase('instanceNorm', `[${shape}]`, normals(shape, c, c), operands, 2e-5);
  }),
  ...layers.map(([shape, axis, scale, bias]) =>
    defineCase(
      'layerNorm',
      `[${shape}] from axis ${axis}`,
      (r) => [normal(r, shape), normal(r, scale), bias && normal(r, bias)],
      { axis, epsilon: 1e-5 },
      2e-5,
    ),
  ),
  defineRejected('batchNorm', 'a scale of another length', normals([1, 3, 2], [2], [3], [3], [3]), {
    epsilon: 1e-5,
  }),
  defineRejected('layerNorm', 'a scale that enlarges', normals([1, 3], [2, 3]), {
    axis: 1,
    epsilon: 1e-5,
  }),
];
