// Products of codes whose grids are not centred on 0: sums over the operands inside the image, times factors of each channel.
import { type Random, type Shape, tensor } from '@subbyte/tensor';
import type { IntegerEpilogueOptions, IntegerOutput } from '../integer-table.ts';
import { conv2dShape } from '../shapes/conv.ts';
import type { OperandsOf } from '../table.ts';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import { type Layer, plain } from './convolution.ts';
import { uniform, whole } from './operands.ts';

const layers: readonly Layer[] = [
  ['3x3, 40 channels, border', [2, 40, 5, 6], [9, 40, 3, 3], { padding: [1, 1, 1, 1] }],
  [
    '3x3, stride 2, wide border',
    [1, 33, 6, 5],
    [5, 33, 3, 3],
    { padding: [3, 0, 1, 2], strides: [2, 2] },
  ],
  [
    '2 groups, dilated',
    [1, 16, 7, 6],
    [6, 8, 3, 2],
    { padding: [1, 2, 0, 1], dilations: [2, 1], groups: 2 },
  ],
  ['depthwise', [1, 10, 5, 5], [10, 1, 3, 3], { padding: [1, 1, 1, 1], groups: 10 }],
  ['1x1, batch 2', [2, 24, 3, 3], [17, 24, 1, 1]],
  ['border larger than the kernel', [1, 8, 2, 2], [4, 8, 2, 2], { padding: [3, 3, 3, 3] }],
];

const ternary: Omit<IntegerEpilogueOptions, 'output'> = { inputZero: 0, inputRange: [-1, 1] };
const output: IntegerOutput = { dtype: 'int8', zeroPoint: 0, min: -1, max: 1 };
const floats: IntegerOutput = { dtype: 'float32', zeroPoint: 0, min: -3e38, max: 3e38 };
const residual = {
  ...{ grid: { scale: 0.37, zeroPoint: 1 }, step: 0.41 },
  own: { scale: 0.23, zeroPoint: -1, min: -4, max: 3 },
};

const plans: readonly (readonly [
  label: string,
  levels: number,
  options: IntegerEpilogueOptions,
])[] = [
  ...['ternary', 'binary', 'tables', 'pairs', 'words'].map(
    (algorithm, i) =>
      [
        `ternary, ${algorithm}`,
        1,
        { ...ternary, algorithm, output: i % 2 ? output : floats },
      ] as const,
  ),
  ['W4 A8', 7, { inputZero: 37, output }],
  ['W4 A8, residual', 7, { inputZero: -128, output: { ...output, min: -128 }, residual }],
];

function operandsOf(
  stream: Random,
  [x, weight, result]: readonly [Shape, Shape, Shape],
  levels: number,
  options: IntegerEpilogueOptions,
): OperandsOf<'integerConv2d'> {
  const [low, high] = options.inputRange ?? [-128, 127];
  const outputs = weight[0] as number;
  return [
    whole(stream, x, low, high, 'int8'),
    whole(stream, weight, -levels, levels, 'int8'),
    whole(stream, [outputs], -3, 3, 'int32'),
    uniform(stream, [outputs], 0.01, 0.1),
    options.residual && whole(stream, result, -3, 4, 'int8'),
    uniform(stream, [4, outputs], -0.1, 0.1),
  ];
}

const last = (shape: Shape): Shape => [0, 2, 3, 1].map((axis) => shape[axis] as number);

const convolutions = layers.flatMap(([label, x, weight, changes]) => {
  const window = { ...plain, ...changes };
  const shapes = [last(x), weight, last(conv2dShape(x, weight, window))] as const;
  return plans.map(([name, levels, options]) =>
    defineCase(
      'integerConv2d',
      `${label}, offsets, ${name}`,
      (r) => operandsOf(r, shapes, levels, options),
      { ...window, ...options },
    ),
  );
});

const products = plans.map(([name, levels, options]) =>
  defineCase(
    'integerMatmul',
    `[5,33] to 19, offsets, ${name}`,
    (r) =>
      operandsOf(
        r,
        [
          [5, 33],
          [19, 33],
          [5, 19],
        ],
        levels,
        options,
      ),
    options,
  ),
);

/** Cases of products with offsets. */
export const offsetCases: readonly ConformanceCase[] = [
  ...convolutions,
  ...products,
  defineRejected(
    'integerMatmul',
    'offsets of other channels',
    (r) => {
      const [x, w, b, m] = operandsOf(
        r,
        [
          [2, 8],
          [3, 8],
          [2, 3],
        ],
        1,
        { ...ternary, output },
      );
      return [x, w, b, m, undefined, tensor(new Float32Array(8), [4, 2])];
    },
    { ...ternary, output },
  ),
];
