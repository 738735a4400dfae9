import type { Shape } from '@subbyte/tensor';
import { reference } from '../reference/index.ts';
import type { ReductionName } from '../reference/reduction.ts';
import type { KernelName } from '../table.ts';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import { normals, uniform, values, whole } from './operands.ts';

const reductions = (Object.keys(reference) as KernelName[]).filter((name): name is ReductionName =>
  name.startsWith('reduce'),
);

const plans: readonly (readonly [x: Shape, axes: readonly number[]])[] = [
  [[2, 3, 4, 5], []],
  [[2, 3, 4, 5], [0]],
  [[2, 3, 4, 5], [3]],
  [
    [2, 3, 4, 5],
    [1, 2],
  ],
  [
    [2, 3, 4, 5],
    [2, 3],
  ],
  [
    [2, 3, 4, 5],
    [0, 2],
  ],
  [
    [2, 3, 4, 5],
    [0, 1, 2, 3],
  ],
  [
    [2, 2, 3, 2, 3],
    [1, 3],
  ],
  [[], []],
  [[5], [0]],
  [[1, 1027], [1]],
  [[33, 9], [0]],
  [
    [3, 4, 7, 7],
    [2, 3],
  ],
  [[3, 0], [0]],
];

/** Shapes for kernels that work along one axis. */
const axisShapes: readonly Shape[] = [
  [5],
  [3, 4],
  [2, 3, 4, 5],
  [1, 1000],
  [5, 17],
  [17, 5],
  [0, 3],
];

/** The cases that `rule` gives for every axis of every such shape. */
export const alongEveryAxis = (
  rule: (shape: Shape, axis: number) => ConformanceCase[],
): ConformanceCase[] =>
  axisShapes.flatMap((shape) => shape.flatMap((_, axis) => rule(shape, axis)));

/** Cases of the reductions, softmax and cumulative sum. */
export const reductionCases: readonly ConformanceCase[] = [
  ...reductions.flatMap((kernel) => [
    ...plans.flatMap(([shape, axes]) =>
      [true, false].map((keepAxes) =>
        defineCase<ReductionName>(
          kernel,
          `[${shape}] over [${axes}]${keepAxes ? ', kept' : ''}`,
          (r) => [uniform(r, shape, -1.5, 2)],
          { axes, keepAxes },
          2e-5,
        ),
      ),
    ),
    ...(kernel === 'reduceLogSumExp'
      ? []
      : (['int32', 'uint8', 'int64', 'uint64', 'float64'] as const)
    ).map((dtype) =>
      defineCase<ReductionName>(kernel, dtype, (r) => [whole(r, [3, 20], 1, 100, dtype)], {
        axes: [1],
        keepAxes: false,
      }),
    ),
  ]),
  defineCase('reduceSum', 'of nothing', normals([0, 3]), { axes: [0], keepAxes: false }),
  defineCase('reduceProd', 'of nothing', normals([0, 3]), { axes: [0], keepAxes: true }),
  defineCase('reduceMax', 'NaN', () => [values([1, Number.NaN, 2])], { axes: [0], keepAxes: true }),
  defineCase(
    'reduceLogSumExp',
    'large',
    () => [values([1000, 1001, 999])],
    { axes: [0], keepAxes: true },
    1e-6,
  ),
  ...alongEveryAxis((shape, axis) =>
    shape[axis] === 0
      ? []
      : ([true, false] as const).flatMap((keepAxes) =>
          ([true, false] as const).flatMap((selectLast) =>
            (['argMax', 'argMin'] as const).map((kernel) =>
              defineCase<'argMax' | 'argMin'>(
                kernel,
                `[${shape}] axis ${axis}${keepAxes ? ', kept' : ''}${selectLast ? ', last' : ''}`,
                (r) => [whole(r, shape, 0, 6, 'float32')],
                { axis, keepAxes, selectLast },
              ),
            ),
          ),
        ),
  ),
  defineCase('argMax', 'int64', (r) => [whole(r, [4, 9], -5, 5, 'int64')], {
    axis: 1,
    keepAxes: false,
    selectLast: false,
  }),
  ...alongEveryAxis((shape, axis) => [
    defineCase('softmax', `[${shape}] axis ${axis}`, normals(shape), { axis }, 2e-6),
    defineCase('logSoftmax', `[${shape}] axis ${axis}`, normals(shape), { axis }, 5e-6),
    defineCase('cumulativeSum', `[${shape}] axis ${axis}`, normals(shape), { axis }, 1e-5),
  ]),
  ...(['softmax', 'logSoftmax'] as const).flatMap((kernel) => [
    defineCase<'softmax' | 'logSoftmax'>(
      kernel,
      'large',
      () => [values([1e4, 1e4 + 1, -1e4, 9999])],
      { axis: 0 },
      2e-6,
    ),
    defineCase<'softmax' | 'logSoftmax'>(
      kernel,
      'masked',
      () => [values([0.5, Number.NEGATIVE_INFINITY, 1, 2, -1])],
      { axis: 0 },
      2e-6,
    ),
  ]),
  ...(['int32', 'int64', 'uint8'] as const).map((dtype) =>
    defineCase('cumulativeSum', dtype, (r) => [whole(r, [3, 20], 0, 50, dtype)], { axis: 1 }),
  ),
  defineRejected('reduceSum', 'a negative axis', normals([2, 3]), {
    axes: [-1],
    keepAxes: true,
  }),
  defineRejected('reduceSum', 'an axis twice', normals([2, 3]), {
    axes: [1, 1],
    keepAxes: true,
  }),
  defineRejected('argMax', 'an empty axis', normals([2, 0]), {
    axis: 1,
    keepAxes: true,
    selectLast: false,
  }),
  defineRejected('softmax', 'an axis that is not there', normals([2, 3]), { axis: 2 }),
];
