import { dataTypes, type Shape } from '@subbyte/tensor';
import type { PadOptions } from '../options.ts';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import { anything, normal, normals } from './operands.ts';

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

/** Shapes with what is added before and after each axis. */
export const pads: readonly (readonly [
  Shape,
  before: readonly number[],
  after: readonly number[],
])[] = [
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

/** Shapes with the start, size and step along each axis. */
export const slices: readonly (readonly [
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

/** Every way to fill. */
export const modes: readonly PadOptions['mode'][] = ['constant', 'reflect', 'edge', 'wrap'];

/** Cases of the kernels that move elements to fixed places. */
export const movementCases: readonly ConformanceCase[] = [
  ...permutations.map(([shape, permutation]) =>
    defineCase('transpose', `[${shape}] by [${permutation}]`, normals(shape), {
      permutation,
    }),
  ),
  ...dataTypes.map((dtype) =>
    defineCase('transpose', dtype, (r) => [anything(r, [3, 5], dtype)], { permutation: [1, 0] }),
  ),
  ...pads.flatMap(([shape, before, after]) =>
    modes.map((mode) =>
      defineCase('pad', `${mode} [${shape}] by [${before}] and [${after}]`, normals(shape), {
        mode,
        before,
        after,
        value: 1.5,
      }),
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
  defineCase('pad', 'empty', normals([0, 2]), {
    mode: 'constant',
    before: [1, 0],
    after: [0, 1],
    value: 2,
  }),
  ...slices.map(([shape, starts, sizes, steps]) =>
    defineCase('slice', `[${shape}] from [${starts}] by [${steps}]`, normals(shape), {
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
  ).map(([x, shape]) => defineCase('expand', `[${x}] to [${shape}]`, normals(x), { shape })),
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
  ).map(([x, repeats]) => defineCase('tile', `[${x}] by [${repeats}]`, normals(x), { repeats })),
  ...(['dcr', 'crd'] as const).flatMap((mode) => [
    defineCase('depthToSpace', mode, normals([2, 12, 3, 5]), { blockSize: 2, mode }),
    defineCase('spaceToDepth', mode, normals([2, 3, 6, 9]), { blockSize: 3, mode }),
  ]),
  defineRejected('concat', 'shapes that differ', normals([2, 3], [3, 2]), {
    axis: 1,
  }),
  defineRejected('slice', 'elements outside', normals([3]), {
    starts: [1],
    sizes: [3],
    steps: [1],
  }),
  defineRejected('transpose', 'an axis twice', normals([2, 3]), { permutation: [0, 0] }),
  defineRejected('pad', 'removing more than there is', normals([3]), {
    mode: 'constant',
    before: [-2],
    after: [-2],
    value: 0,
  }),
  defineRejected('tile', 'negative repeats', normals([3]), { repeats: [-1] }),
  defineRejected('tile', 'a result too big', normals([2, 2]), {
    repeats: [2 ** 20, 2 ** 20],
  }),
  defineRejected('depthToSpace', 'channels that do not divide', normals([1, 6, 2, 2]), {
    blockSize: 2,
    mode: 'dcr',
  }),
];
