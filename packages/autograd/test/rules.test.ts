import type { Activation, ForwardKernelName, OperandsOf, OptionsOf } from '@subbyte/kernels';
import { type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import {
  apply,
  dequantizeLinear,
  fakeQuantizeUniform,
  mul,
  rules,
  sum,
  valueAndGrad,
} from '../src/index.ts';
import { checkGradient, distinct, uniform } from './check-gradient.ts';

type Case<K extends ForwardKernelName> = readonly [
  operands: readonly Tensor[],
  options: OptionsOf<K>,
];

const none = {};
const conv = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 } as const;
const pool = {
  kernel: [2, 2],
  strides: [2, 2],
  dilations: [1, 1],
  padding: [0, 0, 0, 0],
  ceil: false,
} as const;
const plain = { transposeA: false, transposeB: false };
const some = (): Tensor => distinct([2, 3, 4], 0.11);
const positive = (): Tensor => uniform([2, 3], 0.3, 2);
const all = { axes: [0, 1, 2], keepAxes: false };
const reductions: readonly [readonly Tensor[], OptionsOf<'reduceSum'>][] = [
  [[some()], all],
  [[some()], { axes: [0, 2], keepAxes: false }],
  [[some()], { axes: [1], keepAxes: true }],
  [[some()], { axes: [], keepAxes: false }],
];
const broadcasting: readonly [readonly Tensor[], typeof none][] = [
  [[distinct([2, 3]), distinct([2, 3], 0.07)], none],
  [[distinct([2, 1, 3]), distinct([4, 1], 0.07)], none],
  [[distinct([]), distinct([3, 2], 0.07)], none],
  [[distinct([1, 3]), distinct([], 0.07)], none],
];
const activations: readonly Activation[] = [
  { kind: 'relu' },
  { kind: 'clip', min: -0.4, max: 0.5 },
  { kind: 'hardSwish' },
  { kind: 'hardSigmoid', alpha: 0.5, beta: 0.4 },
  { kind: 'sigmoid' },
  { kind: 'silu' },
  { kind: 'leakyRelu', alpha: 0.2 },
  { kind: 'leakyRelu', alpha: -0.2 },
];
const indices = (values: number[], shape: number[]): Tensor => tensor(values, shape, 'int64');
const resizeDefaults = {
  coordinates: 'half_pixel',
  nearest: 'floor',
  cubicCoefficient: -0.75,
  excludeOutside: false,
} as const;

const cases: { readonly [K in ForwardKernelName]?: readonly Case<K>[] } = {
  matmul: [
    [[uniform([3, 4]), uniform([4, 2])], plain],
    [[uniform([4, 3]), uniform([2, 4]), uniform([2])], { transposeA: true, transposeB: true }],
    [[uniform([3, 4]), uniform([2, 4]), uniform([3, 1])], { transposeA: false, transposeB: true }],
    [[uniform([4, 3]), uniform([4, 2])], { transposeA: true, transposeB: false }],
    [[uniform([2, 3, 4]), uniform([4, 5])], plain],
    [[uniform([2, 3, 4]), uniform([5, 4])], { transposeA: false, transposeB: true }],
    [[uniform([2, 4, 3]), uniform([4, 2])], { transposeA: true, transposeB: false }],
    [[uniform([3, 4]), uniform([2, 4, 5])], plain],
    [[uniform([2, 1, 2, 3]), uniform([3, 3, 2]), uniform([2, 1, 1, 2])], plain],
    [[uniform([3]), uniform([3])], plain],
    [[uniform([3]), uniform([2, 3, 4]), uniform([4])], plain],
    [[uniform([2, 4, 3]), uniform([3])], { transposeA: false, transposeB: true }],
    ...activations.map(
      (activation): Case<'matmul'> => [
        [uniform([3, 4]), uniform([4, 3]), uniform([3])],
        { ...plain, activation },
      ],
    ),
  ],
  conv2d: [
    [
      [uniform([2, 3, 5, 4]), uniform([4, 3, 3, 3]), uniform([4])],
      { ...conv, padding: [1, 1, 1, 1] },
    ],
    [
      [uniform([1, 2, 6, 5]), uniform([3, 2, 3, 2])],
      { ...conv, strides: [2, 1], padding: [0, 1, 1, 0] },
    ],
    [[uniform([1, 4, 6, 6]), uniform([4, 1, 2, 2])], { ...conv, groups: 4, dilations: [2, 1] }],
    [[uniform([1, 4, 4, 4]), uniform([6, 2, 1, 1])], { ...conv, groups: 2 }],
    ...activations.map(
      (activation): Case<'conv2d'> => [
        [uniform([1, 2, 4, 4]), uniform([2, 2, 3, 3]), uniform([2])],
        { ...conv, activation },
      ],
    ),
  ],
  convTranspose2d: [
    [
      [uniform([2, 3, 3, 2]), uniform([3, 2, 3, 3]), uniform([2])],
      { ...conv, outputPadding: [0, 0] },
    ],
    [
      [uniform([1, 2, 3, 3]), uniform([2, 3, 4, 4])],
      { ...conv, strides: [2, 2], padding: [1, 1, 1, 1], outputPadding: [0, 0] },
    ],
    [
      [uniform([1, 2, 2, 3]), uniform([2, 2, 3, 3]), uniform([2])],
      { ...conv, strides: [2, 2], padding: [1, 1, 1, 1], outputPadding: [1, 1] },
    ],
    [
      [uniform([1, 2, 2, 2]), uniform([2, 2, 2, 2]), uniform([2])],
      { ...conv, dilations: [3, 3], padding: [0, 0, 1, 0], outputPadding: [2, 2] },
    ],
    [
      [uniform([1, 4, 3, 2]), uniform([4, 1, 2, 2])],
      { ...conv, groups: 2, strides: [2, 1], outputPadding: [1, 0], activation: { kind: 'silu' } },
    ],
  ],
  maxPool2d: [
    [[distinct([2, 2, 4, 4])], pool],
    [[distinct([1, 2, 5, 5])], { ...pool, kernel: [3, 3], padding: [1, 1, 1, 1] }],
  ],
  averagePool2d: [
    [[uniform([2, 2, 4, 4])], { ...pool, countPadding: false }],
    [
      [uniform([1, 2, 5, 5])],
      { ...pool, kernel: [3, 3], padding: [1, 1, 1, 1], countPadding: false },
    ],
    [
      [uniform([1, 2, 5, 5])],
      { ...pool, kernel: [3, 3], padding: [1, 1, 1, 1], countPadding: true },
    ],
  ],
  abs: [[[some()], none]],
  neg: [[[some()], none]],
  exp: [[[some()], none]],
  log: [[[positive()], none]],
  sqrt: [[[positive()], none]],
  reciprocal: [[[positive()], none]],
  sin: [[[some()], none]],
  cos: [[[some()], none]],
  erf: [[[some()], none]],
  tanh: [[[some()], none]],
  sigmoid: [[[some()], none]],
  relu: [[[some()], none]],
  softplus: [[[some()], none]],
  softsign: [[[some()], none]],
  hardSwish: [[[distinct([2, 30], 0.13)], none]],
  gelu: [
    [[some()], { approximate: false }],
    [[some()], { approximate: true }],
  ],
  leakyRelu: [[[some()], { alpha: 0.1 }]],
  elu: [[[some()], { alpha: 0.7 }]],
  celu: [[[some()], { alpha: 0.7 }]],
  selu: [[[some()], { alpha: 1.6, gamma: 1.1 }]],
  hardSigmoid: [[[distinct([2, 20], 0.13)], { alpha: 0.3, beta: 0.4 }]],
  clip: [[[some()], { min: -0.61, max: 0.42 }]],
  add: broadcasting,
  sub: broadcasting,
  mul: broadcasting,
  div: broadcasting,
  min: broadcasting,
  max: broadcasting,
  prelu: [
    [[distinct([2, 3, 2]), uniform([3, 1])], none],
    [[distinct([2, 3]), uniform([1])], none],
  ],
  pow: [
    [[positive(), uniform([3], 1, 3)], none],
    [[positive(), uniform([2, 1], -2, 3)], none],
    [[uniform([2, 3], -2, -1), tensor([0, 2, 3], [3], 'int32')], none],
  ],
  mod: [
    [[distinct([2, 3], 0.7), uniform([3], 0.5, 0.6)], { truncated: false }],
    [[distinct([2, 3], 0.7), uniform([3], 0.5, 0.6)], { truncated: true }],
  ],
  where: [
    [[tensor([1, 0, 1], [3], 'bool'), uniform([2, 1]), uniform([1, 3])], none],
    [[tensor([1, 0], [2, 1], 'bool'), uniform([]), uniform([2, 3])], none],
  ],
  reduceSum: reductions,
  reduceMean: reductions,
  reduceMax: reductions,
  reduceMin: reductions,
  reduceProd: [
    ...reductions,
    [[tensor([1, 0, 3, 0, 0, 2, 4, 5, 6], [3, 3], 'float64')], { axes: [1], keepAxes: false }],
  ],
  reduceSumSquare: reductions,
  reduceL1: reductions,
  reduceL2: reductions,
  reduceLogSumExp: reductions,
  cumulativeSum: [
    [[some()], { axis: 1 }],
    [[some()], { axis: 2 }],
  ],
  softmax: [
    [[some()], { axis: 2 }],
    [[some()], { axis: 0 }],
  ],
  logSoftmax: [[[some()], { axis: 1 }]],
  batchNorm: [
    [
      [uniform([2, 3, 2, 2]), uniform([3]), uniform([3]), uniform([3]), uniform([3], 0.5, 1)],
      { epsilon: 0.1 },
    ],
    [
      [uniform([4, 2]), uniform([2]), uniform([2]), uniform([2]), uniform([2], 0.5, 1)],
      { epsilon: 0.1 },
    ],
  ],
  instanceNorm: [[[uniform([2, 3, 2, 3]), uniform([3]), uniform([3])], { epsilon: 0.01 }]],
  layerNorm: [
    [[uniform([2, 3, 4]), uniform([4]), uniform([4])], { axis: 2, epsilon: 0.01 }],
    [[uniform([2, 3, 2]), uniform([3, 2])], { axis: 1, epsilon: 0.01 }],
  ],
  transpose: [[[some()], { permutation: [2, 0, 1] }]],
  pad: [
    [[some()], { mode: 'constant', before: [0, 1, 2], after: [1, -1, 0], value: 3 }],
    [[some()], { mode: 'reflect', before: [1, 2, 0], after: [0, 1, 3], value: 0 }],
    [[some()], { mode: 'edge', before: [0, 2, 1], after: [0, 0, 3], value: 0 }],
    [[some()], { mode: 'wrap', before: [0, 2, 1], after: [1, 0, 2], value: 0 }],
  ],
  slice: [[[some()], { starts: [1, 2, 0], sizes: [1, 2, 2], steps: [1, -1, 3] }]],
  concat: [[[uniform([2, 1]), uniform([2, 3]), uniform([2, 2])], { axis: 1 }]],
  gather: [
    [[some(), indices([2, 0, 2, -1], [2, 2])], { axis: 1 }],
    [[some(), indices([1], [])], { axis: 0 }],
  ],
  gatherElements: [[[uniform([2, 3]), indices([0, 2, 2, 1], [2, 2])], { axis: 1 }]],
  expand: [
    [[uniform([3, 1])], { shape: [2, 3, 4] }],
    [[uniform([2, 3])], { shape: [1, 1] }],
  ],
  tile: [[[some()], { repeats: [2, 1, 3] }]],
  resize: (['nearest', 'linear', 'cubic'] as const).map(
    (mode): Case<'resize'> => [
      [uniform([1, 2, 3, 4])],
      { ...resizeDefaults, mode, shape: [1, 2, 6, 3], scales: [1, 1, 2, 0.75] },
    ],
  ),
  depthToSpace: [
    [[uniform([1, 8, 2, 3])], { blockSize: 2, mode: 'dcr' }],
    [[uniform([1, 8, 2, 3])], { blockSize: 2, mode: 'crd' }],
  ],
  spaceToDepth: [
    [[uniform([1, 2, 4, 2])], { blockSize: 2, mode: 'dcr' }],
    [[uniform([1, 2, 4, 2])], { blockSize: 2, mode: 'crd' }],
  ],
  cast: [[[some()], { dtype: 'float64' }]],
};

/** Their arithmetic is float32 and their gradients conventions: they have tests of their own. */
const quantization: readonly ForwardKernelName[] = ['dequantizeLinear', 'fakeQuantizeUniform'];

const names = Object.keys(rules) as ForwardKernelName[];

for (const kernel of names) {
  if (rules[kernel] === 'notDifferentiable' || quantization.includes(kernel)) continue;
  test(`${kernel}: the rule agrees with central differences`, () => {
    const list = (cases[kernel] ?? []) as readonly Case<typeof kernel>[];
    expect(list.length, 'cases').toBeGreaterThan(0);
    for (const [operands, options] of list) {
      checkGradient(
        (...given) => apply(kernel, given as unknown as OperandsOf<typeof kernel>, options),
        operands,
      );
    }
  });
}

test('gradients through kernels that are not differentiable are 0', () => {
  const x = uniform([2, 3]);
  for (const kernel of ['round', 'floor', 'ceil', 'sign'] as const) {
    const { gradient } = valueAndGrad((w: Tensor) => sum(apply(kernel, [w], {})))(x);
    expect(toNumbers(gradient), kernel).toEqual([0, 0, 0, 0, 0, 0]);
  }
});

test('casts pass gradients between floats and stop them at integers', () => {
  const x = tensor([1.5, 2.5], [2], 'float64');
  const through = (dtype: 'float32' | 'int32') => (w: Tensor) =>
    sum(mul(apply('cast', [apply('cast', [w], { dtype })], { dtype: 'float64' }), 3));
  expect(toNumbers(valueAndGrad(through('float32'))(x).gradient)).toEqual([3, 3]);
  expect(toNumbers(valueAndGrad(through('int32'))(x).gradient)).toEqual([0, 0]);
});

test('the gradient of decoded values is the code times its gradient, summed per scale', () => {
  const codes = tensor([1, -2, 3, 4, 5, -6], [2, 3], 'int8');
  const of = (scale: Tensor, options: object): number[] =>
    toNumbers(
      valueAndGrad((s: Tensor) => sum(dequantizeLinear(codes, s, undefined, options)))(scale)
        .gradient,
    );
  expect(of(tensor([0.5], []), {})).toEqual([5]);
  expect(of(tensor([0.5, 2]), { axis: 0 })).toEqual([2, 3]);
  // Groups of two along axis 1; the last has one element.
  expect(of(tensor([0.5, 2, 1, 4], [2, 2]), { axis: 1, groupSize: 2 })).toEqual([-1, 3, 9, -6]);
});

test('fake quantization is straight through inside its range; LSQ gives the step', () => {
  const x = tensor([-3, -0.9, 0.3, 1.4, 9]);
  const scale = tensor([0.5]);
  const loss = ([w, s]: readonly [Tensor, Tensor]): Tensor =>
    sum(fakeQuantizeUniform(w, s, tensor([0]), { min: -4, max: 3 }));
  const { gradient } = valueAndGrad(loss)([x, scale]);
  expect(toNumbers(gradient[0])).toEqual([0, 1, 1, 1, 0]);
  // round(x / s) - x / s inside (codes -2, 1, 3 of -1.8, 0.6, 2.8), the end of the range outside.
  const expected = -4 + (-2 + 1.8) + (1 - 0.6) + (3 - 2.8) + 3;
  expect(toNumbers(gradient[1])[0]).toBeCloseTo(expected, 5);
});
