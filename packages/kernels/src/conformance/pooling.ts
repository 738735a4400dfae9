import type { Shape } from '@subbyte/tensor';
import type { Pool2dOptions } from '../options.ts';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import { anything, normals } from './operands.ts';

/** 2 x 2 windows side by side. */
export const plain: Pool2dOptions = {
  kernel: [2, 2],
  strides: [2, 2],
  dilations: [1, 1],
  padding: [0, 0, 0, 0],
  ceil: false,
};

/** Poolings of every kind: label, shape of the image, what differs from `plain`. */
export const pools: readonly (readonly [
  label: string,
  x: Shape,
  options: Partial<Pool2dOptions>,
])[] = [
  ['2x2', [2, 3, 8, 8], {}],
  ['2x2 of odd size', [1, 5, 7, 9], {}],
  ['2x2 ceil', [1, 5, 7, 9], { ceil: true }],
  ['3x3 stride 2 padded', [1, 4, 11, 12], { kernel: [3, 3], padding: [1, 1, 1, 1] }],
  ['3x3 stride 1', [2, 3, 6, 17], { kernel: [3, 3], strides: [1, 1], padding: [1, 1, 1, 1] }],
  ['asymmetric padding', [1, 2, 6, 6], { kernel: [3, 2], padding: [0, 1, 2, 0] }],
  [
    'ceil leaves a window in padding out',
    [1, 1, 4, 4],
    { kernel: [1, 1], strides: [2, 2], padding: [1, 1, 1, 1], ceil: true },
  ],
  [
    'ceil with padding',
    [1, 2, 6, 7],
    { kernel: [3, 3], strides: [3, 3], padding: [1, 1, 1, 1], ceil: true },
  ],
  [
    'dilated',
    [1, 2, 9, 10],
    { kernel: [3, 3], strides: [1, 2], dilations: [2, 3], padding: [1, 1, 1, 1] },
  ],
  ['kernel of the whole image', [3, 4, 5, 6], { kernel: [5, 6], strides: [1, 1] }],
  [
    'kernel larger than the image',
    [1, 2, 2, 2],
    { kernel: [3, 3], strides: [1, 1], padding: [1, 1, 1, 1] },
  ],
  ['strides 3, 1', [1, 2, 10, 5], { kernel: [2, 3], strides: [3, 1] }],
  ['empty batch', [0, 2, 4, 4], {}],
];

/** Cases of the pooling kernels. */
export const poolingCases: readonly ConformanceCase[] = [
  ...pools.flatMap(([label, shape, change]) => {
    const options = { ...plain, ...change };
    return [
      defineCase('maxPool2d', label, normals(shape), options),
      ...[false, true].flatMap((flag) => [
        defineCase(
          'maxPool2dIndices',
          `${label}${flag ? ', column by column' : ''}`,
          normals(shape),
          { ...options, columnMajor: flag },
        ),
        defineCase(
          'averagePool2d',
          `${label}${flag ? ', padding counts' : ''}`,
          normals(shape),
          { ...options, countPadding: flag },
          1e-6,
        ),
      ]),
    ];
  }),
  ...(['uint8', 'int8', 'int32', 'int64', 'float64'] as const).map((dtype) =>
    defineCase('maxPool2d', dtype, (r) => [anything(r, [1, 2, 5, 5], dtype)], {
      ...plain,
      padding: [1, 1, 1, 1],
    }),
  ),
  defineRejected('maxPool2d', 'rank 3', normals([2, 4, 4]), plain),
  defineRejected('averagePool2d', 'an empty output', normals([1, 2, 1, 4]), {
    ...plain,
    countPadding: false,
  }),
];
