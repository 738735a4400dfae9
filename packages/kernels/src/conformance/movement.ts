import { type DataType, dataTypes, type Shape } from '@subbyte/tensor';
import type { PadOptions } from '../options.ts';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import { anything, normal, values, whole } from './operands.ts';

const permutations: readonly (readonly [Shape, readonly number[]])[] = [
  [[], []],
  [[5], [0]],
  [
    [3, 5],
    [1, 0],
  ],
  [
    [17, 33],
    [1, 0],
  ],
  [
    [2, 3, 4],
    [0, 2, 1],
  ],
  [
    [2, 3, 4],
    [2, 0, 1],
  ],
  [
    [2, 3, 4, 5],
    [0, 2, 3, 1],
  ],
  [
    [2, 3, 4, 5],
    [0, 3, 1, 2],
  ],
  [
    [2, 3, 4, 5],
    [3, 2, 1, 0],
  ],
  [
    [2, 1, 3, 2, 2],
    [4, 2, 0, 3, 1],
  ],
  [
    [0, 3],
    [1, 0],
  ],
];

const pads: readonly (readonly [Shape, before: readonly number[], after: readonly number[]])[] = [
  [[5], [2], [3]],
  [
    [3, 4],
    [0, 0],
    [0, 0],
  ],
  [
    [3, 4],
    [1, 2],
    [2, 0],
  ],
  [
    [2, 3, 5, 5],
    [0, 0, 1, 1],
    [0, 0, 1, 1],
  ],
  [
    [2, 3, 5, 4],
    [0, 1, 2, 3],
    [1, 0, 2, 1],
  ],
  [
    [4, 6],
    [-1, 2],
    [1, -2],
  ],
  [
    [3, 4],
    [-1, 0],
    [-1, -3],
  ],
  [
    [2, 1],
    [4, 3],
    [5, 2],
  ],
];

const slices: readonly (readonly [
  Shape,
  starts: readonly number[],
  sizes: readonly number[],
  steps: readonly number[],
])[] = [
  [[9], [2], [3], [2]],
  [[9], [8], [9], [-1]],
  [
    [4, 5],
    [1, 0],
    [2, 5],
    [1, 1],
  ],
  [
    [4, 5],
    [3, 4],
    [2, 3],
    [-2, -1],
  ],
  [
    [2, 3, 4, 5],
    [0, 1, 0, 1],
    [2, 2, 4, 2],
    [1, 1, 1, 2],
  ],
  [
    [4, 5],
    [0, 2],
    [0, 3],
    [1, 1],
  ],
  [[], [], [], []],
];

const concats: readonly (readonly [axis: number, ...Shape[]])[] = [
  [0, [3]],
  [0, [3], [4], [1]],
  [1, [2, 3], [2, 5]],
  [0, [2, 3], [1, 3]],
  [1, [2, 3, 4, 4], [2, 5, 4, 4], [2, 1, 4, 4]],
  [3, [2, 1, 3, 2], [2, 1, 3, 7]],
  [1, [2, 0], [2, 3]],
];

const modes: readonly PadOptions['mode'][] = ['constant', 'reflect', 'edge', 'wrap'];

const castable = (from: DataType, to: DataType): ConformanceCase =>
  defineCase(
    'cast',
    `${from} to ${to}`,
    (r) => [
      from.startsWith('float')
        ? values(
            [
              0,
              -0,
              0.5,
              -1.5,
              2.9,
              300,
              -300,
              70000,
              -70000,
              5e9,
              -5e9,
              3e20,
              -3e20,
              Number.NaN,
              Number.POSITIVE_INFINITY,
              Number.NEGATIVE_INFINITY,
            ],
            from,
          )
        : anything(r, [33], from),
    ],
    { dtype: to },
  );

/** Cases of the kernels that move elements, and of `cast`. */
export const movementCases: readonly ConformanceCase[] = [
  ...permutations.map(([shape, permutation]) =>
    defineCase('transpose', `[${shape}] by [${permutation}]`, (r) => [normal(r, shape)], {
      permutation,
    }),
  ),
  ...dataTypes.map((dtype) =>
    defineCase('transpose', dtype, (r) => [anything(r, [3, 5], dtype)], { permutation: [1, 0] }),
  ),
  ...pads.flatMap(([shape, before, after]) =>
    modes.map((mode) =>
      defineCase(
        'pad',
        `${mode} [${shape}] by [${before}] and [${after}]`,
        (r) => [normal(r, shape)],
        { mode, before, after, value: 1.5 },
      ),
    ),
  ),
  ...(['int8', 'int64', 'bool'] as const).map((dtype) =>
    defineCase('pad', dtype, (r) => [anything(r, [3, 5], dtype)], {
      mode: 'constant',
      before: [1, 0],
      after: [0, 2],
      value: 1,
    }),
  ),
  defineCase('pad', 'empty', (r) => [normal(r, [0, 2])], {
    mode: 'constant',
    before: [1, 0],
    after: [0, 1],
    value: 2,
  }),
  ...slices.map(([shape, starts, sizes, steps]) =>
    defineCase('slice', `[${shape}] from [${starts}] by [${steps}]`, (r) => [normal(r, shape)], {
      starts,
      sizes,
      steps,
    }),
  ),
  ...dataTypes.map((dtype) =>
    defineCase('slice', dtype, (r) => [anything(r, [7, 3], dtype)], {
      starts: [5, 0],
      sizes: [3, 2],
      steps: [-2, 2],
    }),
  ),
  ...concats.map(([axis, ...shapes]) =>
    defineCase(
      'concat',
      `${shapes.map((shape) => `[${shape}]`).join(' ')} on axis ${axis}`,
      (r) => shapes.map((shape) => normal(r, shape)),
      { axis },
    ),
  ),
  ...dataTypes.map((dtype) =>
    defineCase('concat', dtype, (r) => [anything(r, [2, 3], dtype), anything(r, [2, 2], dtype)], {
      axis: 1,
    }),
  ),
  ...(
    [
      [[5, 4], [3], 0],
      [[5, 4], [2, 3], 1],
      [[3, 5, 4], [], 1],
      [[3, 5, 4], [2, 2], 2],
      [[6], [4], 0],
      [[3, 4], [0], 0],
    ] as const
  ).flatMap(([shape, indices, axis]) =>
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
  ...(
    [
      [[3, 3], [2, 3], 0],
      [[3, 4], [3, 2], 1],
      [[2, 3, 4], [2, 5, 3], 1],
      [[5], [9], 0],
    ] as const
  ).map(([shape, indices, axis]) =>
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
  ...(
    [
      [
        [3, 1],
        [3, 4],
      ],
      [
        [3, 1],
        [2, 1, 6],
      ],
      [[], [2, 3]],
      [[2, 3], [1]],
      [
        [1, 5],
        [0, 5],
      ],
    ] as const
  ).map(([x, shape]) =>
    defineCase('expand', `[${x}] to [${shape}]`, (r) => [normal(r, x)], { shape }),
  ),
  ...(
    [
      [
        [2, 3],
        [2, 2],
      ],
      [[3], [4]],
      [
        [2, 1, 3],
        [1, 3, 2],
      ],
      [[2], [0]],
      [[], []],
    ] as const
  ).map(([x, repeats]) =>
    defineCase('tile', `[${x}] by [${repeats}]`, (r) => [normal(r, x)], { repeats }),
  ),
  ...(['dcr', 'crd'] as const).flatMap((mode) => [
    defineCase('depthToSpace', mode, (r) => [normal(r, [2, 12, 3, 5])], { blockSize: 2, mode }),
    defineCase('spaceToDepth', mode, (r) => [normal(r, [2, 3, 6, 9])], { blockSize: 3, mode }),
  ]),
  ...dataTypes.flatMap((from) => dataTypes.map((to) => castable(from, to))),
  defineRejected(
    'gather',
    'an index beyond the axis',
    (r) => [normal(r, [3]), values([3], 'int64')],
    { axis: 0 },
  ),
  defineRejected('gather', 'float indices', (r) => [normal(r, [3]), values([1])], { axis: 0 }),
  defineRejected('concat', 'shapes that differ', (r) => [normal(r, [2, 3]), normal(r, [3, 2])], {
    axis: 1,
  }),
  defineRejected('slice', 'elements outside', (r) => [normal(r, [3])], {
    starts: [1],
    sizes: [3],
    steps: [1],
  }),
  defineRejected('transpose', 'an axis twice', (r) => [normal(r, [2, 3])], { permutation: [0, 0] }),
  defineRejected('pad', 'removing more than there is', (r) => [normal(r, [3])], {
    mode: 'constant',
    before: [-2],
    after: [-2],
    value: 0,
  }),
  defineRejected('tile', 'negative repeats', (r) => [normal(r, [3])], { repeats: [-1] }),
  defineRejected('tile', 'a result too big', (r) => [normal(r, [2, 2])], {
    repeats: [2 ** 20, 2 ** 20],
  }),
  defineRejected('depthToSpace', 'channels that do not divide', (r) => [normal(r, [1, 6, 2, 2])], {
    blockSize: 2,
    mode: 'dcr',
  }),
];
