// Products of codes of few bits, computed in every way that a backend may have: `algorithm` is a wish, so that these cases
// hold for backends without bit planes too.
import { type Random, type Shape, tensor } from '@subbyte/tensor';
import type { IntegerOutput, ResidualOptions } from '../integer-table.ts';
import { conv2dShape } from '../shapes/conv.ts';
import type { OperandsOf, OptionsOf } from '../table.ts';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import { type Layer, layers, plain } from './convolution.ts';
import { uniform, whole } from './operands.ts';

/** Levels of the weights and of the activations, and the code of zero of the latter. */
interface Pair {
  readonly label: string;
  readonly weights: readonly number[];
  readonly range: readonly [number, number];
  readonly zero: number;
  readonly dtype: 'int8' | 'uint8';
  readonly algorithms: readonly string[];
}

const from = (low: number, high: number): number[] =>
  Array.from({ length: high - low + 1 }, (_, i) => low + i);

const apot = (...levels: readonly number[]): number[] => [
  ...levels.map((level) => -level),
  0,
  ...levels,
];

const pairOf = ([low, high]: readonly number[]): readonly [number, number] => [
  low as number,
  high as number,
];

const bitPairs: readonly Pair[] = [1, 2, 3, 4].flatMap((w) =>
  [1, 2, 3, 4, 8].map((a): Pair => {
    // Codes and weights of every kind: without sign, in two's complement, moved.
    const lowest = [0, -(2 ** (a - 1)), Math.max(a - 9 - 2 ** a, -128)][(w + a) % 3] as number;
    const range = [lowest, lowest + 2 ** a - 1] as const;
    return {
      label: `W${w} A${a}`,
      weights: (w + a) % 2 ? from(-(2 ** (w - 1)), 2 ** (w - 1) - 1) : from(0, 2 ** w - 1),
      range,
      zero: range[(w + a) % 2] as number,
      dtype: range[0] >= 0 && (range[1] > 127 || a % 2 === 0) ? 'uint8' : 'int8',
      algorithms: ['binary'],
    };
  }),
);

const pairs: readonly Pair[] = [
  ...bitPairs,
  ...[
    { label: 'weights -1 and 1, A1', weights: [-1, 1], range: [0, 1], zero: 0 },
    { label: 'weights -1 and 1, A2', weights: [-1, 1], range: [-2, 1], zero: -1 },
    { label: 'weights -5 and 2, A1', weights: [-5, 2], range: [3, 4], zero: 4 },
    { label: 'weights 0, A2', weights: [0], range: [0, 3], zero: 1 },
    { label: 'weights -3, A2', weights: [-3], range: [0, 3], zero: 0 },
  ].map(
    (one): Pair => ({ ...one, range: pairOf(one.range), dtype: 'int8', algorithms: ['binary'] }),
  ),
  ...[
    { label: 'ternary', weights: [-1, 0, 1], range: [-1, 1], zero: 0 },
    { label: 'ternary around 127', weights: [-1, 0, 1], range: [126, 128], zero: 127 },
    { label: 'ternary by 0 and 1', weights: [-1, 0, 1], range: [4, 5], zero: 4 },
    { label: 'signs by ternary', weights: [-1, 1], range: [-1, 1], zero: 0 },
  ].map((one): Pair => {
    const dtype = one.range[1] === 128 ? 'uint8' : 'int8';
    return { ...one, range: pairOf(one.range), dtype, algorithms: ['ternary', 'binary'] };
  }),
  ...[
    // One digit to an activation, two, the widest of each; weights in two's complement, of two values, of one.
    { label: 'W2 A3', weights: from(-2, 1), range: [-3, 4], zero: 0 },
    { label: 'W4 A5', weights: from(-8, 7), range: [0, 31], zero: 9 },
    { label: 'W3 A6', weights: from(0, 7), range: [-32, 31], zero: -32 },
    { label: 'W1 A8', weights: [-1, 1], range: [0, 255], zero: 200 },
    { label: 'W4 A8', weights: from(-8, 7), range: [-128, 127], zero: -128 },
    { label: 'weights -5 and 2, A4', weights: [-5, 2], range: [100, 115], zero: 115 },
    { label: 'weights 3, A2', weights: [3], range: [0, 3], zero: 1 },
  ].map((one): Pair => {
    const dtype = (one.range[1] as number) > 127 ? 'uint8' : 'int8';
    return { ...one, range: pairOf(one.range), dtype, algorithms: ['tables'] };
  }),
  ...[
    { label: 'W2 A2', weights: from(-2, 1), range: [0, 3], zero: 0 },
    { label: 'W2 A3', weights: from(0, 3), range: [-4, 3], zero: -1 },
    { label: 'W3 A2', weights: from(-4, 3), range: [2, 5], zero: 5 },
    { label: 'W3 A3', weights: from(-4, 3), range: [0, 7], zero: 0 },
    { label: 'W1 A6', weights: from(0, 1), range: [-63, 0], zero: -63 },
  ].map(
    (one): Pair => ({ ...one, range: pairOf(one.range), dtype: 'int8', algorithms: ['pairs'] }),
  ),
  ...[
    { label: 'APoT of 4 bits, A8', weights: apot(1, 2, 3, 4, 6, 8, 10), range: [0, 255], zero: 7 },
    { label: 'APoT of 5 bits, A4', weights: apot(9, 12, 33, 48), range: [-8, 7], zero: 0 },
    { label: 'powers of two, A8', weights: [-128, -64, 0, 64, 1], range: [-128, 127], zero: -128 },
  ].map((one): Pair => {
    const dtype = (one.range[1] as number) > 127 ? 'uint8' : 'int8';
    return { ...one, range: pairOf(one.range), dtype, algorithms: ['shifts'] };
  }),
  ...['dot', 'words', 'nobody knows it'].map(
    (algorithm): Pair => ({
      ...{ label: 'W2 A2', weights: [-2, -1, 0, 1], range: [0, 3], zero: 0, dtype: 'int8' },
      algorithms: [algorithm],
    }),
  ),
];

const outputs: readonly IntegerOutput[] = [
  { dtype: 'int8', zeroPoint: -2, min: -2, max: 1 },
  { dtype: 'uint8', zeroPoint: 3, min: 0, max: 255 },
  { dtype: 'float32', zeroPoint: 0, min: -3e38, max: 3e38 },
];
const residual: ResidualOptions = {
  ...{ grid: { scale: 0.37, zeroPoint: 1 }, step: 0.41 },
  own: { scale: 0.23, zeroPoint: -1, min: -4, max: 3 },
};

type Options = Omit<OptionsOf<'integerConv2d'>, keyof typeof plain>;

/** Options of a pair with output `i` and, for every fourth, a residual. */
function optionsOf({ range, zero }: Pair, algorithm: string, i: number): Options {
  const output = outputs[i % 3] as IntegerOutput;
  const added =
    i % 4 === 3 ? { ...residual, step: output.dtype === 'float32' ? 1 : 0.41 } : undefined;
  return { inputZero: zero, inputRange: range, algorithm, output, residual: added };
}

function operandsOf(
  stream: Random,
  pair: Pair,
  [x, weight, result]: readonly [Shape, Shape, Shape],
  options: Options,
): OperandsOf<'integerConv2d'> {
  const { weights, range } = pair;
  const count = weight[0] as number;
  const picked = Array.from(
    { length: weight.reduce((a, b) => a * b, 1) },
    () => weights[stream.integer(weights.length)] as number,
  );
  const taps = weight.slice(1).reduce((a, b) => a * b, 1);
  const spread = Math.max(...weights.map(Math.abs), 1) * (range[1] - range[0]) * Math.sqrt(taps);
  return [
    whole(stream, x, ...range, pair.dtype),
    tensor(picked, weight, 'int8'),
    whole(stream, [count], -3, 3, 'int32'),
    uniform(stream, [count], 1 / spread, 6 / spread),
    options.residual && whole(stream, result, -3, 4, 'int8'),
  ];
}

const last = (shape: Shape): Shape => [0, 2, 3, 1].map((axis) => shape[axis] as number);

/** Wide enough for whole words, blocks of words, and all their remainders. */
const wide: readonly Layer[] = [
  ['3x3, 64 channels', [1, 64, 5, 6], [9, 64, 3, 3], { padding: [1, 1, 1, 1] }],
  ['3x3, 100 channels, stride 2', [2, 100, 5, 5], [4, 100, 3, 3], { strides: [2, 2] }],
  ['5x5, 33 channels', [1, 33, 7, 7], [3, 33, 5, 5], { padding: [2, 1, 0, 2] }],
  ['1x1, 300 channels', [1, 300, 3, 4], [17, 300, 1, 1]],
  ['2 groups of 40', [1, 80, 4, 5], [10, 40, 3, 3], { padding: [1, 1, 1, 1], groups: 2 }],
  [
    '3x3 dilated, 48 channels',
    [1, 48, 8, 7],
    [5, 48, 3, 3],
    { dilations: [2, 2], padding: [2, 2, 2, 2] },
  ],
  ['as large as the input', [1, 96, 6, 6], [4, 96, 6, 6]],
];

const convolutions = [...wide, ...layers].flatMap(([label, x, weight, changes], i) => {
  const options = { ...plain, ...changes };
  // All pairs on the first, every pair on some of the others.
  return pairs
    .filter((_, k) => i === 0 || k % (i < wide.length ? 3 : 12) === i % (i < wide.length ? 3 : 12))
    .flatMap((pair, k) =>
      pair.algorithms.map((algorithm) => {
        const own = optionsOf(pair, algorithm, i + k);
        const result = last(conv2dShape(x, weight, options));
        return defineCase(
          'integerConv2d',
          `${label}, ${pair.label}, ${algorithm}`,
          (r) => operandsOf(r, pair, [last(x), weight, result], own),
          { ...options, ...own },
        );
      }),
    );
});

const products = (
  [
    [[1, 64], 24],
    [[5, 33], 17],
    [[270, 48], 5],
    [[2, 3, 16], 16],
    [[7], 5],
    [[0, 4], 3],
    [[1, 8200], 3],
    [[2, 2200], 5],
  ] as const
).flatMap(([x, outputs], i) =>
  pairs
    .filter((_, k) => k % 3 === i % 3)
    .flatMap((pair, k) =>
      pair.algorithms.map((algorithm) => {
        const own = optionsOf(pair, algorithm, i + k);
        const shapes = [x, [outputs, x.at(-1) as number], [...x.slice(0, -1), outputs]] as const;
        return defineCase(
          'integerMatmul',
          `[${x}] to ${outputs}, ${pair.label}, ${algorithm}`,
          (r) => operandsOf(r, pair, shapes, own),
          own,
        );
      }),
    ),
);

const [first] = pairs as readonly [Pair, ...Pair[]];
const small = optionsOf(first, 'binary', 0);
const rejected = (
  [
    ['a range the wrong way', [3, 2]],
    ['a range beyond 8 bits', [0, 256]],
    ['a range of halves', [0, 1.5]],
  ] as const
).map(([label, inputRange]) =>
  defineRejected(
    'integerMatmul',
    label,
    (r) =>
      operandsOf(
        r,
        first,
        [
          [2, 8],
          [3, 8],
          [2, 3],
        ],
        small,
      ),
    { ...small, inputRange },
  ),
);

/** Cases of products of codes of few bits. */
export const lowBitCases: readonly ConformanceCase[] = [...convolutions, ...products, ...rejected];
