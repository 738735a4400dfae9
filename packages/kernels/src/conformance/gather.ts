import type { Shape } from '@subbyte/tensor';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import { anything, normal, values, whole } from './operands.ts';

type Plan = readonly [x: Shape, indices: Shape, axis: number];

/** Shapes of tensor and indices, and the axis, for `gather`. */
export const gathers: readonly Plan[] = [
  [[5, 4], [3], 0],
  [[5, 4], [2, 3], 1],
  [[3, 5, 4], [], 1],
  [[3, 5, 4], [2, 2], 2],
  [[6], [4], 0],
  [[3, 4], [0], 0],
];

/** The same for `gatherElements`. */
export const elementGathers: readonly Plan[] = [
  [[3, 3], [2, 3], 0],
  [[3, 4], [3, 2], 1],
  [[2, 3, 4], [2, 5, 3], 1],
  [[5], [9], 0],
];

/** Cases of `gather` and `gatherElements`. */
export const gatherCases: readonly ConformanceCase[] = [
  ...gathers.flatMap(([shape, indices, axis]) =>
    (['int32', 'int64'] as const).map((dtype) =>
      defineCase(
        'gather',
        `[${indices}] ${dtype} of [${shape}] on axis ${axis}`,
        (r) => {
          const size = shape[axis] as number;
          return [normal(r, shape), whole(r, indices, -size, size - 1, dtype)];
        },
        { axis },
      ),
    ),
  ),
  defineCase(
    'gather',
    'of int64',
    (r) => [anything(r, [4], 'int64'), values([0, -1, 2], 'int64')],
    { axis: 0 },
  ),
  ...elementGathers.map(([shape, indices, axis]) =>
    defineCase(
      'gatherElements',
      `[${indices}] of [${shape}] on axis ${axis}`,
      (r) => {
        const size = shape[axis] as number;
        return [normal(r, shape), whole(r, indices, -size, size - 1, 'int64')];
      },
      { axis },
    ),
  ),
  defineRejected(
    'gather',
    'an index beyond the axis',
    (r) => [normal(r, [3]), values([3], 'int64')],
    { axis: 0 },
  ),
  defineRejected('gather', 'float indices', (r) => [normal(r, [3]), values([1])], { axis: 0 }),
];
