import type { DataType, Random, Shape, Tensor } from '@subbyte/tensor';
import type { BinaryName } from '../reference/binary.ts';
import type { UnaryName } from '../reference/unary.ts';
import type { OptionsOf } from '../table.ts';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import { anything, normal, uniform, values, whole } from './operands.ts';

const sizes: readonly Shape[] = [[], [1], [3], [4], [5], [16], [2, 3, 5, 7], [1027], [0, 4]];
const numericTypes: readonly DataType[] = [
  'float64',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
];
const integerTypes: readonly DataType[] = numericTypes.slice(1);

const special = [0, -0, 0.5, -0.5, 1.5, 2.5, -2.5, 1e-30, 1e4, -1e4, 3e38, -3e38, Number.NaN];
const infinite = [...special, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

interface UnaryPlan<K extends UnaryName> {
  readonly options: OptionsOf<K>;
  /** 0: exact. */
  readonly tolerance: number;
  /** Interval of the random operands. */
  readonly interval: readonly [low: number, high: number];
  readonly special: readonly number[];
  readonly types: readonly DataType[];
}

const plan = <K extends UnaryName>(
  options: OptionsOf<K>,
  tolerance: number,
  change: Partial<UnaryPlan<K>> = {},
): UnaryPlan<K> => ({
  options,
  tolerance,
  interval: [-8, 8],
  special: infinite,
  types: [],
  ...change,
});

const close = 2e-6;
const finite = { special } as const;
const tame = { special: [0, -0, 1, Number.NaN] } as const;
const numbers = { types: numericTypes } as const;

type ElementwiseUnary = Exclude<
  UnaryName,
  | `reduce${string}`
  | `arg${string}`
  | `${string}2d${string}`
  | `${string}oftmax`
  | 'cumulativeSum'
  | 'transpose'
  | 'pad'
  | 'slice'
  | 'expand'
  | 'tile'
  | 'resize'
  | 'cast'
  | 'not'
  | 'depthToSpace'
  | 'spaceToDepth'
  | 'bitwiseNot'
  | 'logSoftmax'
>;

const unaryPlans: { readonly [K in ElementwiseUnary]: UnaryPlan<K> } = {
  abs: plan({}, 0, numbers),
  neg: plan({}, 0, numbers),
  sign: plan({}, 0, numbers),
  exp: plan({}, close, { interval: [-20, 20] }),
  log: plan({}, close, { interval: [0, 30] }),
  sqrt: plan({}, close, { interval: [0, 30] }),
  reciprocal: plan({}, close),
  floor: plan({}, 0),
  ceil: plan({}, 0),
  round: plan({}, 0),
  sin: plan({}, close, tame),
  cos: plan({}, close, tame),
  erf: plan({}, close, { interval: [-4, 4] }),
  tanh: plan({}, close),
  sigmoid: plan({}, close),
  relu: plan({}, 0, numbers),
  softplus: plan({}, close, finite),
  softsign: plan({}, close, finite),
  hardSwish: plan({}, close, finite),
  gelu: plan({ approximate: false }, close, tame),
  leakyRelu: plan({ alpha: 0.1 }, close),
  elu: plan({ alpha: 1.5 }, close, finite),
  celu: plan({ alpha: 2 }, close, finite),
  selu: plan({ alpha: 1.67326, gamma: 1.0507 }, close, finite),
  hardSigmoid: plan({ alpha: 0.2, beta: 0.5 }, close),
  clip: plan({ min: -1, max: 6 }, 0, numbers),
  isNaN: plan({}, 0),
  isInf: plan({}, 0),
};

function unaryCases<K extends ElementwiseUnary>(kernel: K): ConformanceCase[] {
  const { options, tolerance, interval, special, types } = unaryPlans[kernel] as UnaryPlan<K>;
  const one = (label: string, x: (r: Random) => Tensor): ConformanceCase =>
    defineCase<UnaryName>(kernel, label, (r) => [x(r)], options, tolerance);
  return [
    ...sizes.map((shape) => one(`[${shape}]`, (r) => uniform(r, shape, ...interval))),
    one('special values', () => values(special)),
    ...types.map((dtype) => one(dtype, (r) => anything(r, [37], dtype))),
  ];
}

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

/** Cases of the elementwise kernels. */
export const elementwiseCases: readonly ConformanceCase[] = [
  ...(Object.keys(unaryPlans) as ElementwiseUnary[]).flatMap(unaryCases),
  ...sizes.map((shape) =>
    defineCase(
      'gelu',
      `tanh [${shape}]`,
      (r) => [uniform(r, shape, -6, 6)],
      { approximate: true },
      close,
    ),
  ),
  defineCase('clip', 'open bounds', (r) => [normal(r, [33])], {
    min: Number.NEGATIVE_INFINITY,
    max: 0.25,
  }),
  defineCase('not', '[3, 7]', (r) => [anything(r, [3, 7], 'bool')], {}),
  ...integerTypes.map((dtype) =>
    defineCase('bitwiseNot', dtype, (r) => [anything(r, [19], dtype)], {}),
  ),
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
  ).map(([x, slope]) =>
    defineCase('prelu', `[${x}] and [${slope}]`, (r) => [normal(r, x), normal(r, slope)], {}, 1e-6),
  ),
  defineRejected(
    'add',
    'shapes that do not broadcast',
    (r) => [normal(r, [2, 3]), normal(r, [2])],
    {},
  ),
  defineRejected(
    'add',
    'two data types',
    (r) => [normal(r, [3]), whole(r, [3], 0, 3, 'int32')],
    {},
  ),
  defineRejected('exp', 'integers', (r) => [whole(r, [3], 0, 3, 'int32')], {}),
  defineRejected('and', 'floats', (r) => [normal(r, [3]), normal(r, [3])], {}),
  defineRejected('prelu', 'a slope that enlarges', (r) => [normal(r, [3]), normal(r, [2, 3])], {}),
];
