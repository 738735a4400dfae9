import type { Random, Shape, Tensor } from '@subbyte/tensor';
import type { BinaryName } from '../reference/binary.ts';
import type { OptionsOf } from '../table.ts';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import {
  anything,
  integerTypes,
  normal,
  normals,
  numericTypes,
  uniform,
  values,
  whole,
} from './operands.ts';

type Pattern = readonly [a: Shape, b: Shape];

const patterns: readonly Pattern[] = [
  [
    [2, 3, 5],
    [2, 3, 5],
  ],
  [[17], [17]],
  [[], []],
  [[2, 3, 4], []],
  [[], [7]],
  [[1], [2, 9]],
  [
    [2, 3, 4, 5],
    [1, 3, 1, 1],
  ],
  [
    [2, 8, 5, 5],
    [8, 1, 1],
  ],
  [
    [2, 5, 4, 4],
    [2, 5, 1, 1],
  ],
  [
    [2, 1, 4, 9],
    [2, 3, 4, 9],
  ],
  [[6, 7], [7]],
  [[7], [6, 7]],
  [
    [6, 7],
    [6, 1],
  ],
  [
    [5, 1],
    [1, 9],
  ],
  [
    [3, 1, 5],
    [1, 4, 1],
  ],
  [
    [2, 1, 3, 1, 2],
    [1, 2, 1, 2, 2],
  ],
  [
    [0, 3],
    [1, 3],
  ],
  [[3, 5, 33], [33]],
];

type Arithmetic =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'min'
  | 'max'
  | 'equal'
  | 'less'
  | 'lessOrEqual'
  | 'greater'
  | 'greaterOrEqual';

const arithmetic: readonly Arithmetic[] = [
  'add',
  'sub',
  'mul',
  'div',
  'min',
  'max',
  'equal',
  'less',
  'lessOrEqual',
  'greater',
  'greaterOrEqual',
];

const binary = (
  kernel: BinaryName,
  label: string,
  operands: (r: Random) => readonly [Tensor, Tensor],
  options: object = {},
  tolerance = 0,
): ConformanceCase =>
  defineCase<BinaryName>(kernel, label, operands, options as OptionsOf<BinaryName>, tolerance);

const arithmeticCases = (kernel: Arithmetic): ConformanceCase[] => [
  ...patterns.map(([a, b]) =>
    binary(
      kernel,
      `[${a}] and [${b}]`,
      (r) => [whole(r, a, -3, 3, 'float32'), normal(r, b)],
      {},
      1e-6,
    ),
  ),
  binary(kernel, 'special values', () => [
    values([Number.NaN, 1, Number.POSITIVE_INFINITY, 0, -0, 1, 2]),
    values([1, Number.NaN, 5, 0, 3, 1, Number.NEGATIVE_INFINITY]),
  ]),
  ...numericTypes.map((dtype) =>
    binary(kernel, dtype, (r) => [anything(r, [4, 9], dtype), anything(r, [9], dtype)]),
  ),
];

/** Cases of the elementwise kernels with two or three operands. */
export const binaryCases: readonly ConformanceCase[] = [
  ...arithmetic.flatMap(arithmeticCases),
  ...(['and', 'or', 'xor', 'equal'] as const).flatMap((kernel) =>
    patterns.map(([a, b]) =>
      binary(kernel, `bool [${a}] and [${b}]`, (r) => [
        anything(r, a, 'bool'),
        anything(r, b, 'bool'),
      ]),
    ),
  ),
  ...(['bitwiseAnd', 'bitwiseOr', 'bitwiseXor'] as const).flatMap((kernel) =>
    integerTypes.map((dtype) =>
      binary(kernel, dtype, (r) => [anything(r, [4, 5], dtype), anything(r, [5], dtype)]),
    ),
  ),
  ...(['left', 'right'] as const).flatMap((direction) =>
    (['uint8', 'uint16', 'uint32', 'uint64'] as const).map((dtype) =>
      binary(
        'bitShift',
        `${direction} ${dtype}`,
        (r) => [anything(r, [40], dtype), whole(r, [40], 0, 70, dtype)],
        { direction },
      ),
    ),
  ),
  ...patterns.flatMap(([a, b]) => [
    binary(
      'pow',
      `[${a}] and [${b}]`,
      (r) => [uniform(r, a, 0, 3), uniform(r, b, -2, 3)],
      {},
      1e-5,
    ),
    defineCase(
      'where',
      `[${a}], [${b}]`,
      (r) => [anything(r, a, 'bool'), normal(r, b), normal(r, a)],
      {},
    ),
  ]),
  binary(
    'pow',
    'whole exponents',
    (r) => [normal(r, [9]), whole(r, [9], -2, 3, 'int64')],
    {},
    1e-5,
  ),
  binary('pow', 'int32', (r) => [whole(r, [20], -9, 9, 'int32'), whole(r, [20], -1, 12, 'int32')]),
  binary('pow', 'int64', (r) => [whole(r, [20], -9, 9, 'int64'), whole(r, [20], 0, 30, 'float32')]),
  ...[false, true].flatMap((truncated) =>
    (['float32', ...numericTypes] as const).map((dtype) =>
      binary(
        'mod',
        `${dtype} ${truncated ? 'truncated' : 'floored'}`,
        (r) => [anything(r, [3, 9], dtype), whole(r, [9], 1, 5, dtype)],
        { truncated },
        1e-5,
      ),
    ),
  ),
  ...(['int64', 'uint8', 'bool'] as const).map((dtype) =>
    defineCase(
      'where',
      dtype,
      (r) => [anything(r, [3, 1], 'bool'), anything(r, [3, 5], dtype), anything(r, [], dtype)],
      {},
    ),
  ),
  ...(
    [
      [
        [2, 3, 4, 5],
        [3, 1, 1],
      ],
      [[2, 6], [1]],
      [[7, 5], [5]],
      [
        [4, 4],
        [4, 4],
      ],
    ] as const
  ).map(([x, slope]) => defineCase('prelu', `[${x}] and [${slope}]`, normals(x, slope), {}, 1e-6)),
  defineRejected('add', 'shapes that do not broadcast', normals([2, 3], [2]), {}),
  defineRejected(
    'add',
    'two data types',
    (r) => [normal(r, [3]), whole(r, [3], 0, 3, 'int32')],
    {},
  ),
  defineRejected('and', 'floats', normals([3], [3]), {}),
  defineRejected('prelu', 'a slope that enlarges', normals([3], [2, 3]), {}),
];
