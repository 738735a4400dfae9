import type { DataType, Random, Shape, Tensor } from '@subbyte/tensor';
import type { UnaryName } from '../reference/unary.ts';
import type { OptionsOf } from '../table.ts';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import {
  anything,
  integerTypes,
  normals,
  numericTypes,
  uniform,
  values,
  whole,
} from './operands.ts';

const sizes: readonly Shape[] = [[], [1], [3], [4], [5], [16], [2, 3, 5, 7], [1027], [0, 4]];
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

function casesOf<K extends ElementwiseUnary>(kernel: K): ConformanceCase[] {
  const { options, tolerance, interval, special, types } = unaryPlans[kernel] as UnaryPlan<K>;
  const one = (label: string, x: (r: Random) => Tensor): ConformanceCase =>
    defineCase<UnaryName>(kernel, label, (r) => [x(r)], options, tolerance);
  return [
    ...sizes.map((shape) => one(`[${shape}]`, (r) => uniform(r, shape, ...interval))),
    one('special values', () => values(special)),
    ...types.map((dtype) => one(dtype, (r) => anything(r, [37], dtype))),
  ];
}

/** Cases of the elementwise kernels with one operand. */
export const unaryCases: readonly ConformanceCase[] = [
  ...(Object.keys(unaryPlans) as ElementwiseUnary[]).flatMap(casesOf),
  ...sizes.map((shape) =>
    defineCase(
      'gelu',
      `tanh [${shape}]`,
      (r) => [uniform(r, shape, -6, 6)],
      { approximate: true },
      close,
    ),
  ),
  defineCase('clip', 'open bounds', normals([33]), {
    min: Number.NEGATIVE_INFINITY,
    max: 0.25,
  }),
  defineCase('not', '[3, 7]', (r) => [anything(r, [3, 7], 'bool')], {}),
  ...integerTypes.map((dtype) =>
    defineCase('bitwiseNot', dtype, (r) => [anything(r, [19], dtype)], {}),
  ),
  defineRejected('exp', 'integers', (r) => [whole(r, [3], 0, 3, 'int32')], {}),
];
