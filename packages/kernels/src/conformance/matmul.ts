import type { Shape } from '@subbyte/tensor';
import type { MatmulOptions } from '../options.ts';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import { activations } from './convolution.ts';
import { normal, normals, whole } from './operands.ts';

const plain: MatmulOptions = { transposeA: false, transposeB: false };

const products: readonly (readonly [a: Shape, b: Shape, bias?: Shape])[] = [
  [
    [1, 1],
    [1, 1],
  ],
  [[2, 3], [3, 4], [4]],
  [[1, 64], [64, 10], [10]],
  [
    [5, 7],
    [7, 3],
    [5, 3],
  ],
  [
    [4, 8],
    [8, 8],
    [4, 1],
  ],
  [[16, 16], [16, 16], []],
  [[17, 31], [31, 33], [1]],
  [
    [64, 65],
    [65, 63],
    [1, 63],
  ],
  [
    [3, 300],
    [300, 5],
  ],
  [
    [2, 3, 4],
    [2, 4, 5],
  ],
  [[2, 3, 4], [4, 5], [5]],
  [
    [3, 4],
    [2, 4, 5],
    [2, 1, 5],
  ],
  [
    [2, 1, 3, 4],
    [1, 3, 4, 5],
    [3, 3, 5],
  ],
  [[4], [4]],
  [[4], [4, 3], [3]],
  [[5, 4], [4]],
  [[2, 3, 4], [4]],
  [[4], [2, 4, 3]],
  [
    [0, 3],
    [3, 2],
  ],
  [[2, 0], [0, 3], [3]],
  [
    [0, 2, 3],
    [3, 4],
  ],
];

const transposed = (shape: Shape, swap: boolean): Shape =>
  swap && shape.length > 1
    ? [...shape.slice(0, -2), shape.at(-1) as number, shape.at(-2) as number]
    : shape;

/** Cases of `matmul`. */
export const matmulCases: readonly ConformanceCase[] = [
  ...products.flatMap(([a, b, bias]) =>
    [false, true].flatMap((transposeA) =>
      [false, true].map((transposeB) =>
        defineCase(
          'matmul',
          `[${a}] by [${b}]${transposeA ? ', a transposed' : ''}${transposeB ? ', b transposed' : ''}`,
          (r) => [
            normal(r, transposed(a, transposeA)),
            normal(r, transposed(b, transposeB)),
            bias && normal(r, bias),
          ],
          { transposeA, transposeB },
          1e-4,
        ),
      ),
    ),
  ),
  ...activations.map((activation) =>
    defineCase(
      'matmul',
      activation.kind,
      normals([5, 9], [9, 6], [6]),
      { ...plain, activation },
      1e-4,
    ),
  ),
  ...(['uint8', 'int8'] as const).map((dtype) =>
    defineCase(
      'matmul',
      `${dtype} by int8`,
      (r) => [whole(r, [5, 19], 0, 127, dtype), whole(r, [19, 7], -128, 127, 'int8')],
      plain,
    ),
  ),
  defineRejected('matmul', 'inner sizes that differ', normals([2, 3], [4, 2]), plain),
  defineRejected('matmul', 'rank 0', normals([], [4, 2]), plain),
  defineRejected('matmul', 'batches that do not broadcast', normals([2, 2, 3], [3, 3, 2]), plain),
  defineRejected('matmul', 'a bias that enlarges', normals([1, 3], [3, 2], [4, 2]), plain),
];
