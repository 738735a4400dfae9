import type { DataType, Shape } from '@subbyte/tensor';
import type { Activation, Conv2dOptions, ConvTranspose2dOptions } from '../options.ts';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import { normal, normals, whole } from './operands.ts';

/** Options that change nothing. */
export const plain: Conv2dOptions = {
  strides: [1, 1],
  dilations: [1, 1],
  padding: [0, 0, 0, 0],
  groups: 1,
};
const same3: Partial<Conv2dOptions> = { padding: [1, 1, 1, 1] };

/** One of each kind. */
export const activations: readonly Activation[] = [
  { kind: 'relu' },
  { kind: 'clip', min: -0.5, max: 0.75 },
  { kind: 'hardSwish' },
  { kind: 'hardSigmoid', alpha: 0.2, beta: 0.5 },
  { kind: 'sigmoid' },
  { kind: 'silu' },
  { kind: 'leakyRelu', alpha: 0.1 },
];

/** One convolution. */
export type Layer = readonly [
  label: string,
  x: Shape,
  weight: Shape,
  options?: Partial<ConvTranspose2dOptions>,
];

/** Convolutions of every kind: label, shapes of input and weight, what differs from `plain`. */
export const layers: readonly Layer[] = [
  ['1x1', [1, 3, 5, 7], [4, 3, 1, 1]],
  ['1x1 of one pixel', [3, 17, 1, 1], [9, 17, 1, 1]],
  ['1x1 above the widths of vectors', [2, 33, 9, 9], [37, 33, 1, 1]],
  ['1x1 stride 2', [1, 8, 9, 8], [16, 8, 1, 1], { strides: [2, 2] }],
  ['1x1 padded', [1, 4, 3, 3], [5, 4, 1, 1], { padding: [1, 1, 1, 1] }],
  ['3x3', [1, 3, 8, 8], [8, 3, 3, 3], same3],
  ['3x3 without padding', [2, 5, 7, 9], [7, 5, 3, 3]],
  ['3x3 batch 3', [3, 16, 10, 10], [16, 16, 3, 3], same3],
  ['3x3 wide', [1, 4, 6, 67], [4, 4, 3, 3], same3],
  ['3x3 stride 2', [2, 16, 9, 9], [32, 16, 3, 3], { ...same3, strides: [2, 2] }],
  ['3x3 stride 2 of even size', [1, 3, 32, 32], [16, 3, 3, 3], { ...same3, strides: [2, 2] }],
  ['3x3 stride 3', [1, 3, 11, 12], [5, 3, 3, 3], { strides: [3, 3], padding: [0, 1, 2, 3] }],
  ['3x3 strides 2, 1', [1, 6, 12, 11], [6, 6, 3, 3], { ...same3, strides: [2, 1] }],
  ['3x3 dilated', [1, 4, 12, 13], [6, 4, 3, 3], { dilations: [2, 3], padding: [2, 3, 2, 3] }],
  ['asymmetric padding', [1, 3, 6, 6], [4, 3, 3, 3], { padding: [0, 1, 2, 3] }],
  ['5x5', [1, 2, 9, 10], [3, 2, 5, 5], { padding: [2, 2, 2, 2] }],
  ['7x7 stride 2', [1, 3, 21, 20], [8, 3, 7, 7], { strides: [2, 2], padding: [3, 3, 3, 3] }],
  ['1x7 and 3 rows of padding', [1, 3, 5, 16], [4, 3, 1, 7], { padding: [3, 0, 0, 3] }],
  ['2x1', [2, 3, 5, 4], [4, 3, 2, 1]],
  ['kernel larger than the input', [1, 2, 2, 3], [3, 2, 5, 5], { padding: [2, 2, 2, 2] }],
  ['kernel as large as the input', [2, 4, 6, 5], [9, 4, 6, 5]],
  ['one output channel', [1, 9, 6, 6], [1, 9, 3, 3], same3],
  ['many inputs', [1, 130, 4, 4], [5, 130, 3, 3], same3],
  ['empty batch', [0, 3, 5, 5], [2, 3, 3, 3]],
  ['2 groups', [1, 6, 7, 7], [8, 3, 3, 3], { ...same3, groups: 2 }],
  ['3 groups 1x1', [2, 9, 5, 5], [6, 3, 1, 1], { groups: 3 }],
  ['groups of one input, two outputs', [1, 5, 6, 7], [10, 1, 3, 3], { ...same3, groups: 5 }],
  ['depthwise 3x3', [1, 8, 9, 9], [8, 1, 3, 3], { ...same3, groups: 8 }],
  [
    'depthwise 3x3 stride 2',
    [2, 7, 10, 11],
    [7, 1, 3, 3],
    { ...same3, strides: [2, 2], groups: 7 },
  ],
  ['depthwise 5x5', [1, 4, 8, 21], [4, 1, 5, 5], { padding: [2, 2, 2, 2], groups: 4 }],
  [
    'depthwise 5x5 strides 2, 1',
    [1, 3, 9, 18],
    [3, 1, 5, 5],
    { strides: [2, 1], padding: [2, 2, 2, 2], groups: 3 },
  ],
  [
    'depthwise dilated',
    [1, 3, 9, 9],
    [3, 1, 3, 3],
    { dilations: [2, 2], padding: [2, 2, 2, 2], groups: 3 },
  ],
  ['depthwise 1x1', [2, 6, 5, 4], [6, 1, 1, 1], { groups: 6 }],
  ...(
    [
      ['without padding', [1, 5, 7, 18], [0, 0, 0, 0]],
      ['padded behind', [2, 3, 8, 16], [0, 0, 1, 1]],
      ['padded by 2', [1, 6, 4, 37], [2, 2, 1, 0]],
      ['padded by 1 and 2', [3, 4, 5, 6], [1, 2, 2, 1]],
      ['padded by 3', [1, 3, 6, 5], [3, 3, 3, 3]],
      ['of one pixel', [2, 5, 1, 1], [1, 1, 1, 1]],
      ['of 4 pixels', [2, 9, 4, 4], [1, 1, 1, 1]],
    ] as const
  ).flatMap(([label, x, padding]) =>
    [1, 2].map((stride): Layer => {
      const options = { strides: [stride, stride] as const, padding, groups: x[1] };
      return [`depthwise 3x3 ${label}, stride ${stride}`, x, [x[1], 1, 3, 3], options];
    }),
  ),
  [
    'two outputs of each channel, stride 2',
    [2, 4, 9, 7],
    [8, 1, 3, 3],
    { ...same3, strides: [2, 2], groups: 4 },
  ],
];

const transposedLayers: readonly Layer[] = [
  ['1x1', [1, 3, 4, 5], [3, 4, 1, 1]],
  ['2x2 stride 2', [2, 8, 5, 6], [8, 4, 2, 2], { strides: [2, 2] }],
  ['3x3', [1, 3, 5, 5], [3, 2, 3, 3], same3],
  [
    '3x3 stride 2 with output padding',
    [1, 6, 4, 5],
    [6, 5, 3, 3],
    { ...same3, strides: [2, 2], outputPadding: [1, 1] },
  ],
  [
    'depthwise 3x3 stride 2 with output padding',
    [2, 7, 4, 5],
    [7, 1, 3, 3],
    { ...same3, strides: [2, 2], outputPadding: [1, 1], groups: 7 },
  ],
  ['3x3 stride 3', [1, 2, 3, 4], [2, 3, 3, 3], { strides: [3, 3] }],
  ['4x4 stride 2', [1, 16, 7, 7], [16, 9, 4, 4], { ...same3, strides: [2, 2] }],
  [
    'kernel smaller than the stride',
    [1, 2, 3, 3],
    [2, 2, 2, 2],
    { strides: [3, 3], outputPadding: [1, 0] },
  ],
  ['dilated', [1, 3, 5, 6], [3, 4, 3, 3], { dilations: [2, 3], padding: [1, 0, 2, 3] }],
  ['strides 2, 1', [3, 4, 5, 6], [4, 3, 4, 3], { strides: [2, 1], padding: [1, 1, 1, 1] }],
  ['2 groups', [1, 6, 5, 5], [6, 2, 3, 3], { ...same3, strides: [2, 2], groups: 2 }],
  ['depthwise', [2, 5, 4, 4], [5, 1, 4, 4], { ...same3, strides: [2, 2], groups: 5 }],
  ['empty batch', [0, 3, 5, 5], [3, 2, 3, 3]],
];

const conv = (
  x: Shape,
  weight: Shape,
  options: Conv2dOptions,
  label: string,
  withBias: boolean,
): ConformanceCase =>
  defineCase(
    'conv2d',
    label,
    (r) => [
      normal(r, x),
      normal(r, weight),
      withBias ? normal(r, [weight[0] as number]) : undefined,
    ],
    options,
    1e-4,
  );

const integerTypes: readonly (readonly [x: DataType, weight: DataType])[] = [
  ['uint8', 'int8'],
  ['int8', 'int8'],
  ['uint8', 'uint8'],
];

/** Cases of `conv2d` and `convTranspose2d`. */
export const convolutionCases: readonly ConformanceCase[] = [
  ...layers.flatMap(([label, x, weight, options], i) => [
    conv(x, weight, { ...plain, ...options }, label, i % 2 === 0),
    conv(
      x,
      weight,
      { ...plain, ...options, activation: { kind: 'relu' } },
      `${label}, relu`,
      i % 2 === 1,
    ),
  ]),
  ...activations.flatMap((activation) => [
    conv(
      [2, 5, 6, 7],
      [6, 5, 3, 3],
      { ...plain, ...same3, activation },
      `3x3 ${activation.kind}`,
      true,
    ),
    conv([1, 6, 5, 9], [7, 6, 1, 1], { ...plain, activation }, `1x1 ${activation.kind}`, true),
    conv(
      [1, 5, 6, 9],
      [5, 1, 3, 3],
      { ...plain, ...same3, groups: 5, activation },
      `depthwise ${activation.kind}`,
      true,
    ),
  ]),
  ...integerTypes.map(([x, weight]) =>
    defineCase(
      'conv2d',
      `${x} by ${weight}`,
      (r) => [
        whole(r, [1, 4, 6, 7], x === 'int8' ? -128 : 0, 127, x),
        whole(r, [5, 4, 3, 3], weight === 'int8' ? -128 : 0, 127, weight),
        whole(r, [5], -1000, 1000, 'int32'),
      ],
      { ...plain, ...same3 },
    ),
  ),
  ...transposedLayers.map(([label, x, weight, options], i) =>
    defineCase(
      'convTranspose2d',
      label,
      (r) => [
        normal(r, x),
        normal(r, weight),
        i % 2 === 0 ? normal(r, [(weight[1] as number) * (options?.groups ?? 1)]) : undefined,
      ],
      { ...plain, outputPadding: [0, 0], ...options },
      1e-4,
    ),
  ),
  ...activations.map((activation) =>
    defineCase(
      'convTranspose2d',
      activation.kind,
      normals([1, 4, 5, 5], [4, 3, 2, 2], [3]),
      { ...plain, strides: [2, 2], outputPadding: [0, 0], activation },
      1e-4,
    ),
  ),
  defineRejected('conv2d', 'other channels', normals([1, 4, 5, 5], [2, 3, 3, 3]), plain),
  defineRejected('conv2d', 'rank 3', normals([4, 5, 5], [2, 4, 3, 3]), plain),
  defineRejected(
    'conv2d',
    'outputs that do not divide into groups',
    normals([1, 4, 5, 5], [3, 2, 3, 3]),
    { ...plain, groups: 2 },
  ),
  defineRejected('conv2d', 'an empty output', normals([1, 1, 2, 2], [1, 1, 3, 3]), plain),
  defineRejected('conv2d', 'stride 0', normals([1, 1, 4, 4], [1, 1, 3, 3]), {
    ...plain,
    strides: [0, 1],
  }),
  defineRejected('conv2d', 'negative padding', normals([1, 1, 4, 4], [1, 1, 3, 3]), {
    ...plain,
    padding: [-1, 0, 0, 0],
  }),
  defineRejected('conv2d', 'a short bias', normals([1, 1, 4, 4], [2, 1, 3, 3], [1]), plain),
  defineRejected('convTranspose2d', 'other channels', normals([1, 4, 5, 5], [3, 4, 3, 3]), {
    ...plain,
    outputPadding: [0, 0],
  }),
  defineRejected('convTranspose2d', 'an empty output', normals([1, 1, 1, 1], [1, 1, 2, 2]), {
    ...plain,
    outputPadding: [0, 0],
    padding: [1, 1, 1, 1],
  }),
];
