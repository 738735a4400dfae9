// One small call of every graph operation, to compare engines with.

import type { OpAttributes, OpName } from '@subbyte/graph';
import { random, randomNormal, type Tensor, tensor } from '@subbyte/tensor';
import { activationQuantizer } from './export-graphs.ts';

/** Operands and attributes of one call; operands of `constants` are known when the graph is written. */
export interface Sample<Op extends OpName> {
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes: OpAttributes[Op];
  /** Operands that are graph constants, by place. */
  readonly constants?: readonly number[];
  readonly outputs?: number;
  /** Opset that the ONNX operator needs. */
  readonly since?: number;
  /** onnxruntime has no kernel for it. */
  readonly noKernel?: string;
}

const stream = random(7);
const x = randomNormal([2, 4, 6, 6], stream);
const y = randomNormal([2, 4, 6, 6], stream);
const row = randomNormal([6], stream);
const channel = randomNormal([4], stream);
const positive = tensor(
  Float32Array.from(x.data, (v) => Math.abs(v) + 0.1),
  x.shape,
);
const whole = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  tensor(values, shape, 'int32');
const long = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  tensor(values.map(BigInt), shape, 'int64');
const bools = tensor([1, 0, 1, 1, 0, 0], [6], 'bool');
const otherBools = tensor([1, 1, 0, 1, 0, 1], [6], 'bool');
const bytes = tensor([1, 2, 4, 200, 17, 255], [6], 'uint8');
const otherBytes = tensor([3, 1, 5, 2, 1, 7], [6], 'uint8');

const unary = { inputs: [x], attributes: {} };
const overPositive = { inputs: [positive], attributes: {} };
const binary = { inputs: [x, row], attributes: {} };
const logical = { inputs: [bools, otherBools], attributes: {} };
const bitwise = { inputs: [bytes, otherBytes], attributes: {}, since: 18 };
const reduction = { inputs: [x], attributes: { axes: [1, 3], keepAxes: true } };
const axis = { inputs: [x], attributes: { axis: 1 } };
const window = {
  kernel: [3, 3],
  strides: [2, 2],
  dilations: [1, 1],
  padding: [1, 0, 1, 1],
  ceil: false,
} as const;
const conv = {
  strides: [2, 1],
  dilations: [1, 2],
  padding: [1, 2, 1, 2],
  groups: 2,
} as const;
const resized = {
  mode: 'linear',
  coordinates: 'half_pixel',
  nearest: 'round_prefer_floor',
  cubicCoefficient: -0.75,
  excludeOutside: false,
} as const;

/** A call of each operation. */
export const samples: { readonly [Op in OpName]: readonly Sample<Op>[] } = {
  matmul: [
    {
      inputs: [randomNormal([3, 5], stream), randomNormal([4, 5], stream), channel],
      attributes: { transposeA: false, transposeB: true, activation: { kind: 'relu' } },
    },
    {
      inputs: [randomNormal([2, 5, 3], stream), randomNormal([2, 4, 5], stream), channel],
      attributes: { transposeA: true, transposeB: true },
    },
    {
      inputs: [randomNormal([2, 3, 5], stream), randomNormal([5], stream)],
      attributes: { transposeA: false, transposeB: false },
    },
  ],
  conv2d: [
    { kind: 'hardSwish' } as const,
    { kind: 'clip', min: 0, max: 6 } as const,
    { kind: 'hardSigmoid', alpha: 0.2, beta: 0.5 } as const,
    { kind: 'sigmoid' } as const,
    { kind: 'silu' } as const,
    { kind: 'leakyRelu', alpha: 0.1 } as const,
    undefined,
  ].map((activation) => ({
    inputs: [x, randomNormal([6, 2, 3, 3], stream), row],
    attributes: { ...conv, activation },
  })),
  convTranspose2d: [
    {
      inputs: [x, randomNormal([4, 3, 3, 3], stream), randomNormal([6], stream)],
      attributes: { ...conv, outputPadding: [1, 0], activation: { kind: 'relu' } },
    },
  ],
  maxPool2d: [{ inputs: [x], attributes: window }],
  maxPool2dIndices: [{ inputs: [x], attributes: { ...window, columnMajor: false } }],
  averagePool2d: [
    { inputs: [x], attributes: { ...window, countPadding: true } },
    {
      inputs: [x],
      attributes: { ...window, dilations: [2, 2], countPadding: false },
      since: 19,
    },
  ],
  abs: [unary],
  neg: [unary],
  sign: [unary],
  exp: [unary],
  log: [overPositive],
  sqrt: [overPositive],
  reciprocal: [overPositive],
  floor: [unary],
  ceil: [unary],
  round: [unary],
  sin: [unary],
  cos: [unary],
  erf: [unary],
  tanh: [unary],
  sigmoid: [unary],
  relu: [unary],
  softplus: [unary],
  softsign: [unary],
  hardSwish: [unary],
  gelu: [
    { inputs: [x], attributes: { approximate: false } },
    { inputs: [x], attributes: { approximate: true } },
  ],
  leakyRelu: [{ inputs: [x], attributes: { alpha: 0.2 } }],
  elu: [{ inputs: [x], attributes: { alpha: 0.7 } }],
  celu: [{ inputs: [x], attributes: { alpha: 0.7 } }],
  selu: [{ inputs: [x], attributes: { alpha: 1.6, gamma: 1.05 } }],
  hardSigmoid: [{ inputs: [x], attributes: { alpha: 0.2, beta: 0.5 } }],
  clip: [
    { inputs: [x], attributes: { min: -0.5, max: 0.5 } },
    { inputs: [x], attributes: { min: Number.NEGATIVE_INFINITY, max: 0.5 } },
  ],
  isNaN: [{ inputs: [tensor([1, Number.NaN, 2])], attributes: {} }],
  isInf: [{ inputs: [tensor([1, Number.POSITIVE_INFINITY, 2])], attributes: {} }],
  not: [{ inputs: [bools], attributes: {} }],
  bitwiseNot: [{ inputs: [bytes], attributes: {}, since: 18 }],
  add: [binary],
  sub: [binary],
  mul: [binary],
  div: [{ inputs: [x, positive], attributes: {} }],
  pow: [{ inputs: [positive, row], attributes: {} }],
  mod: [
    { inputs: [whole([-7, 7, 5]), whole([3, 3, -3])], attributes: { truncated: false } },
    { inputs: [x, positive], attributes: { truncated: true } },
    { inputs: [x, positive], attributes: { truncated: false } },
  ],
  min: [binary],
  max: [binary],
  prelu: [{ inputs: [x, row], attributes: {} }],
  bitwiseAnd: [bitwise],
  bitwiseOr: [bitwise],
  bitwiseXor: [bitwise],
  bitShift: [{ inputs: [bytes, otherBytes], attributes: { direction: 'right' } }],
  equal: [{ inputs: [x, x], attributes: {} }],
  less: [binary],
  lessOrEqual: [binary],
  greater: [binary],
  greaterOrEqual: [binary],
  and: [logical],
  or: [logical],
  xor: [logical],
  where: [{ inputs: [bools, x, y], attributes: {} }],
  reduceSum: [
    reduction,
    { inputs: [x], attributes: { axes: [2], keepAxes: false } },
    { inputs: [x], attributes: { axes: [], keepAxes: false } },
  ],
  reduceMean: [
    reduction,
    { inputs: [x], attributes: { axes: [2, 3], keepAxes: true } },
    { inputs: [x], attributes: { axes: [2, 3], keepAxes: false } },
  ],
  reduceMax: [reduction],
  reduceMin: [reduction],
  reduceProd: [reduction],
  reduceSumSquare: [reduction, { inputs: [x], attributes: { axes: [], keepAxes: false } }],
  reduceL1: [reduction],
  reduceL2: [reduction],
  reduceLogSumExp: [reduction],
  argMax: [{ inputs: [x], attributes: { axis: 2, keepAxes: false, selectLast: false } }],
  argMin: [{ inputs: [x], attributes: { axis: 2, keepAxes: true, selectLast: true } }],
  cumulativeSum: [axis],
  softmax: [axis],
  logSoftmax: [axis],
  batchNorm: [
    {
      inputs: [x, channel, channel, channel, tensor([1, 2, 0.5, 3])],
      attributes: { epsilon: 1e-3 },
    },
  ],
  instanceNorm: [{ inputs: [x, channel, channel], attributes: { epsilon: 1e-3 } }],
  layerNorm: [{ inputs: [x, row, row], attributes: { axis: 3, epsilon: 1e-3 } }],
  transpose: [{ inputs: [x], attributes: { permutation: [0, 2, 3, 1] } }],
  pad: [
    {
      inputs: [x],
      attributes: { mode: 'constant', before: [0, 1, 2, 0], after: [0, 0, 1, 1], value: 3 },
    },
    {
      inputs: [x],
      attributes: { mode: 'reflect', before: [0, 0, 2, 1], after: [0, 0, 1, 1], value: 0 },
    },
    {
      inputs: [x],
      attributes: { mode: 'wrap', before: [0, 0, 2, 1], after: [0, 0, 1, 1], value: 0 },
      since: 19,
    },
  ],
  slice: [
    {
      inputs: [x],
      attributes: { starts: [0, 1, 5, 0], sizes: [2, 2, 6, 3], steps: [1, 1, -1, 2] },
    },
  ],
  concat: [{ inputs: [x, y, x], attributes: { axis: 1 } }],
  gather: [{ inputs: [x, long([0, -1, 2])], attributes: { axis: 2 } }],
  gatherElements: [{ inputs: [row, long([0, 3, 1, 1])], attributes: { axis: 0 } }],
  expand: [{ inputs: [row], attributes: { shape: [3, 1] } }],
  tile: [{ inputs: [x], attributes: { repeats: [1, 2, 1, 1] } }],
  resize: [
    {
      inputs: [x],
      attributes: { ...resized, shape: [2, 4, 12, 9], scales: [1, 1, 2, 1.5] },
    },
    {
      inputs: [x],
      attributes: {
        ...resized,
        mode: 'nearest',
        coordinates: 'asymmetric',
        nearest: 'floor',
        shape: [2, 4, 13, 12],
        scales: [1, 1, 13 / 6, 2],
      },
    },
    {
      inputs: [x],
      attributes: { ...resized, mode: 'cubic', shape: [2, 4, 3, 12], scales: [1, 1, 0.5, 2] },
    },
  ],
  depthToSpace: [
    { inputs: [x], attributes: { blockSize: 2, mode: 'dcr' } },
    { inputs: [x], attributes: { blockSize: 2, mode: 'crd' } },
  ],
  spaceToDepth: [
    { inputs: [x], attributes: { blockSize: 2, mode: 'dcr' } },
    { inputs: [x], attributes: { blockSize: 2, mode: 'crd' } },
  ],
  cast: [{ inputs: [x], attributes: { dtype: 'int32' } }],
  quantizeLinear: [
    {
      inputs: [x, tensor([0.1], []), tensor([7], [], 'uint8')],
      attributes: { axis: 0, groupSize: 0, dtype: 'uint8', min: 0, max: 15 },
    },
    {
      inputs: [x, tensor([0.1, 0.2, 0.3, 0.4])],
      attributes: { axis: 1, groupSize: 0, dtype: 'int8', min: -128, max: 127 },
    },
  ],
  dequantizeLinear: [
    {
      inputs: [bytes, tensor([0.1], []), tensor([7], [], 'uint8')],
      attributes: { axis: 0, groupSize: 0 },
    },
  ],
  fakeQuantizeUniform: [
    {
      inputs: [x, tensor([0.1, 0.2, 0.3, 0.4]), tensor([0, 1, 2, 3])],
      attributes: { axis: 1, groupSize: 0, min: 0, max: 15 },
    },
    {
      inputs: [x, tensor([0.1], []), tensor([3], [])],
      attributes: { axis: 0, groupSize: 0, min: 0, max: 15 },
    },
  ],
  identity: [unary],
  reshape: [{ inputs: [x], attributes: { shape: [0, -1, 3], allowZero: false } }],
  flatten: [{ inputs: [x], attributes: { axis: 2 } }],
  squeeze: [{ inputs: [tensor([1, 2], [1, 2, 1])], attributes: { axes: [0] } }],
  unsqueeze: [{ inputs: [row], attributes: { axes: [0, 2] } }],
  shape: [
    { inputs: [x], attributes: { start: 0 } },
    { inputs: [x], attributes: { start: 1, end: 3 } },
  ],
  size: [unary],
  constantOfShape: [
    { inputs: [long([2, 3])], attributes: { dtype: 'int64', value: 4 } },
    { inputs: [long([2, 3])], attributes: { dtype: 'float32', value: 0.5 } },
  ],
  range: [{ inputs: [long([1], []), long([9], []), long([3], [])], attributes: {} }],
  split: [
    { inputs: [x], attributes: { axis: 2, sizes: [1, 2, 3] }, outputs: 3 },
    { inputs: [x], attributes: { axis: 1 }, outputs: 2 },
  ],
  nonZero: [{ inputs: [tensor([0, 1, 0, 2], [2, 2])], attributes: {} }],
  fakeQuantize: [
    { inputs: [x], attributes: { quantizer: activationQuantizer(-1, 2) } },
    { inputs: [x], attributes: { quantizer: activationQuantizer(-1, 2, 3) } },
    {
      inputs: [x],
      attributes: {
        quantizer: {
          ...activationQuantizer(-1, 2, 4),
          granularity: { kind: 'perChannel', axis: 1 },
          scaleShape: [4],
          scale: [0.25, 0.5, 0.125, 0.75],
          zeroPoint: [1, 2, 3, 4],
        },
      },
    },
  ],
  dynamicReshape: [{ inputs: [x, long([2, -1])], attributes: { allowZero: false } }],
  dynamicSqueeze: [
    { inputs: [tensor([1, 2], [1, 2, 1]), long([2])], attributes: {}, constants: [1] },
  ],
  dynamicUnsqueeze: [{ inputs: [row, long([0])], attributes: {}, constants: [1] }],
  dynamicSlice: [
    {
      inputs: [x, long([1]), long([9]), long([2]), long([2])],
      attributes: {},
    },
  ],
  dynamicPad: [
    {
      inputs: [x, long([0, 0, 1, 0, 0, 0, 0, 2]), tensor([2], [])],
      attributes: { mode: 'constant' },
    },
  ],
  dynamicExpand: [{ inputs: [row, long([2, 1])], attributes: {} }],
  dynamicTile: [{ inputs: [x, long([1, 1, 2, 1])], attributes: {} }],
  dynamicResize: [
    {
      inputs: [x, tensor([1, 1, 2, 1.5])],
      attributes: { ...resized, keepAspect: 'stretch' },
    },
    {
      inputs: [x, undefined, long([2, 4, 3, 12])],
      attributes: { ...resized, keepAspect: 'stretch' },
    },
  ],
  dynamicClip: [
    { inputs: [x, tensor([-0.5], []), tensor([0.5], [])], attributes: {} },
    { inputs: [x, undefined, tensor([0.5], [])], attributes: {} },
  ],
  dynamicReduce: [
    {
      inputs: [x, long([1, 2])],
      attributes: { kernel: 'reduceMax', keepAxes: false, noopWithEmptyAxes: false },
      since: 18,
    },
  ],
  topK: [
    {
      inputs: [x, long([2])],
      attributes: { axis: 3, largest: true, sorted: true },
      outputs: 2,
    },
  ],
  dynamicCumulativeSum: [{ inputs: [x, long([2], [])], attributes: {} }],
};
