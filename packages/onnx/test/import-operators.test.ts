// Operators with their options and operator-set versions, against onnxruntime.

import { checkGraph, createExecutor, simplify } from '@subbyte/graph';
import { onnxDataTypes } from '@subbyte/onnx-proto';
import { type DataType, random, randomNormal, type Tensor, tensor } from '@subbyte/tensor';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { fromOnnx } from '../src/index.ts';
import { type AttributeValue, attribute, fileOf } from './import-build.ts';

interface Case {
  readonly op: string;
  readonly opset?: number;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** `undefined` leaves an optional operand out. */
  readonly inputs: readonly (Tensor | undefined)[];
  /** From this operand on they are initializers. Default 1. */
  readonly constantsFrom?: number;
  readonly outputs?: number;
  readonly open?: boolean;
}

const stream = random(11);
const normal = (...shape: number[]): Tensor => randomNormal(shape, stream);
const positive = (...shape: number[]): Tensor => {
  const { data } = randomNormal(shape, stream);
  return tensor(
    data.map((x) => Math.abs(x) + 0.1),
    shape,
  );
};
const ints = (...values: number[]): Tensor => tensor(values, [values.length], 'int64');
const one = (value: number, dtype: DataType = 'float32'): Tensor => tensor([value], [], dtype);
function codes(dtype: DataType, low: number, high: number, ...shape: number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Array.from({ length: size }, () => low + stream.integer(high - low + 1));
  return tensor(values, shape, dtype);
}
const float = (value: number) => ({ float: value });

const image = normal(2, 4, 7, 9);
const cases: Record<string, Case> = {};
const add = (name: string, value: Case): void => {
  cases[`${value.op}-${value.opset ?? 17} ${name}`] = value;
};

// Convolutions
for (const open of [false, true]) {
  for (const pad of ['SAME_UPPER', 'SAME_LOWER', 'VALID']) {
    const attributes = { auto_pad: pad, strides: [2, 3], kernel_shape: [3, 2] };
    const inputs = [image, normal(5, 4, 3, 2), normal(5)];
    add(`${pad}${open ? ' open' : ''}`, { op: 'Conv', open, attributes, inputs });
    const pool = { auto_pad: pad, strides: [2, 3], kernel_shape: [3, 4] };
    add(`${pad}${open ? ' open' : ''}`, { op: 'MaxPool', open, attributes: pool, inputs: [image] });
    if (!open) add(pad, { op: 'AveragePool', attributes: pool, inputs: [image] });
  }
}
add('one axis', {
  op: 'Conv',
  attributes: { pads: [2, 1], strides: [2], dilations: [2], group: 2 },
  inputs: [normal(2, 4, 11), normal(6, 2, 3), normal(6)],
});
add('depthwise', {
  op: 'Conv',
  attributes: { group: 4, pads: [1, 0, 1, 2] },
  inputs: [image, normal(4, 1, 3, 3)],
});
add('one axis', {
  op: 'ConvTranspose',
  attributes: { strides: [2], output_padding: [1], pads: [1, 0] },
  inputs: [normal(2, 4, 5), normal(4, 3, 3), normal(3)],
});
for (const pad of ['SAME_UPPER', 'SAME_LOWER']) {
  const inputs = [image, normal(4, 2, 3, 4)];
  add(pad, { op: 'ConvTranspose', attributes: { auto_pad: pad, strides: [2, 2] }, inputs });
}
add('groups, output shape', {
  op: 'ConvTranspose',
  attributes: { group: 2, strides: [2, 2], output_shape: [16, 20] },
  inputs: [image, normal(4, 3, 3, 3)],
});

// Pools
add('one axis', {
  op: 'MaxPool',
  attributes: { kernel_shape: [3], strides: [2], ceil_mode: 1 },
  inputs: [normal(1, 2, 8)],
  outputs: 2,
});
add('one axis', {
  op: 'AveragePool',
  attributes: { kernel_shape: [3], pads: [1, 1], count_include_pad: 1 },
  inputs: [normal(1, 2, 8)],
});
add('three axes', { op: 'GlobalAveragePool', inputs: [normal(1, 2, 3, 4, 5)] });
add('one axis', { op: 'GlobalMaxPool', inputs: [normal(1, 2, 3)] });

for (const p of [1, 2]) add(`p ${p}`, { op: 'GlobalLpPool', attributes: { p }, inputs: [image] });

// Elementwise
add('', { op: 'Swish', opset: 24, attributes: { alpha: float(1.5) }, inputs: [normal(3, 5)] });
for (const op of [
  'Abs',
  'Neg',
  'Sign',
  'Exp',
  'Reciprocal',
  'Floor',
  'Ceil',
  'Round',
  'Sin',
  'Cos',
  'Tan',
  'Erf',
  'Tanh',
  'Sigmoid',
  'Relu',
  'Softplus',
  'Softsign',
  'HardSwish',
  'LeakyRelu',
  'Elu',
  'Selu',
  'HardSigmoid',
  'ThresholdedRelu',
  'Shrink',
  'Celu',
  'IsNaN',
  'IsInf',
]) {
  add('', { op, inputs: [normal(3, 5)] });
}
add('', { op: 'Log', inputs: [positive(3, 5)] });
add('', { op: 'Sqrt', inputs: [positive(3, 5)] });
add('', { op: 'Mish', opset: 18, inputs: [normal(3, 5)] });
add('', { op: 'Gelu', opset: 20, inputs: [normal(3, 5)] });
add('tanh', { op: 'Gelu', opset: 20, attributes: { approximate: 'tanh' }, inputs: [normal(3, 5)] });
add('microsoft', { op: 'Gelu', domain: 'com.microsoft', inputs: [normal(3, 5)] });
add('attributes', {
  op: 'Shrink',
  attributes: { lambd: float(0.3), bias: float(0.2) },
  inputs: [normal(3, 5)],
});
add('attributes', {
  op: 'Selu',
  attributes: { alpha: float(2), gamma: float(3) },
  inputs: [normal(3, 5)],
});
for (const op of [
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Equal',
  'Less',
  'Greater',
  'GreaterOrEqual',
  'LessOrEqual',
]) {
  add('', { op, inputs: [normal(3, 5), normal(4, 1, 5)] });
  add('int64', { op, inputs: [ints(7, -7, 3), ints(2, 2, 3)] });
}
add('', { op: 'Pow', inputs: [positive(3, 5), normal(5)] });
add('', { op: 'PRelu', inputs: [image, normal(4, 1, 1)] });
for (const op of ['Min', 'Max', 'Sum', 'Mean'])
  add('three', { op, inputs: [normal(3, 5), normal(5), normal(3, 1)] });
add('python', { op: 'Mod', inputs: [ints(7, -7, 7, -7), ints(3, 3, -3, -3)] });
add('fmod', { op: 'Mod', attributes: { fmod: 1 }, inputs: [normal(9), positive(9)] });
for (const op of ['And', 'Or', 'Xor'])
  add('', { op, inputs: [codes('bool', 0, 1, 3, 4), codes('bool', 0, 1, 4)] });
for (const op of ['BitwiseAnd', 'BitwiseOr', 'BitwiseXor'])
  add('', { op, opset: 18, inputs: [codes('int32', -99, 99, 8), codes('int32', -99, 99, 8)] });
add('', { op: 'BitwiseNot', opset: 18, inputs: [codes('int32', -99, 99, 8)] });
for (const direction of ['LEFT', 'RIGHT'])
  add(direction, {
    op: 'BitShift',
    attributes: { direction },
    inputs: [codes('uint8', 0, 255, 8), codes('uint8', 0, 7, 8)],
  });
add('', { op: 'Where', inputs: [codes('bool', 0, 1, 3, 1), normal(3, 4), normal(4)] });
add('attributes', {
  op: 'Clip',
  opset: 6,
  attributes: { min: float(-0.5), max: float(0.7) },
  inputs: [normal(3, 5)],
});
add('max alone', { op: 'Clip', inputs: [normal(3, 5), undefined, one(0.2)] });
add('int32', { op: 'Clip', inputs: [codes('int32', -9, 9, 8), one(-3, 'int32')] });

// Matrix products
for (const [transA, transB] of [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
] as const) {
  const a = transA ? normal(4, 3) : normal(3, 4);
  const b = transB ? normal(5, 4) : normal(4, 5);
  const attributes = { alpha: float(0.5), beta: float(2), transA, transB };
  add(`${transA}${transB}`, { op: 'Gemm', attributes, inputs: [a, b, normal(3, 1)] });
}
add('no bias', { op: 'Gemm', opset: 11, inputs: [normal(3, 4), normal(4, 5)] });
add('run-time operands', {
  op: 'Gemm',
  constantsFrom: 3,
  attributes: { alpha: float(3), beta: float(2) },
  inputs: [normal(3, 4), normal(4, 5), normal(5)],
});
add('batches', { op: 'MatMul', inputs: [normal(2, 1, 3, 4), normal(5, 4, 6)] });
add('vectors', { op: 'MatMul', inputs: [normal(4), normal(4)] });

// Movement
add('open rank 4', { op: 'Reshape', open: true, inputs: [normal(2, 3, 4), ints(0, -1, 2, 2)] });
add('reversed', { op: 'Transpose', inputs: [normal(2, 3, 4)] });
add('attribute', {
  op: 'Split',
  opset: 11,
  attributes: { split: [1, 3], axis: -1 },
  inputs: [normal(2, 4)],
  outputs: 2,
});
add('operand', {
  op: 'Split',
  attributes: { axis: 1 },
  inputs: [normal(2, 4), ints(3, 1)],
  outputs: 2,
});
add('uneven', {
  op: 'Split',
  opset: 18,
  attributes: { axis: 1, num_outputs: 3 },
  inputs: [normal(2, 7)],
  outputs: 3,
});
add('attribute', {
  op: 'Squeeze',
  opset: 11,
  attributes: { axes: [0, -1] },
  inputs: [normal(1, 3, 1)],
});
add('operand', { op: 'Squeeze', inputs: [normal(1, 3, 1), ints(-1)] });
add('all', { op: 'Squeeze', inputs: [normal(1, 3, 1)] });
add('attribute', {
  op: 'Unsqueeze',
  opset: 11,
  attributes: { axes: [0, 3] },
  inputs: [normal(2, 3)],
});
add('operand', { op: 'Unsqueeze', inputs: [normal(2, 3), ints(0, -1)] });
add('attributes', {
  op: 'Slice',
  opset: 9,
  attributes: { starts: [1, -3], ends: [9, 2 ** 53], axes: [0, 1] },
  inputs: [normal(4, 6)],
});
add('backwards, open', {
  op: 'Slice',
  open: true,
  inputs: [normal(4, 6), ints(-1, 1), ints(-9, 99), ints(1, 0), ints(-2, 1)],
});
add('no axes', {
  op: 'Slice',
  inputs: [normal(4, 6), ints(1, 2), ints(3, 4), undefined, ints(1, 1)],
});
add('attributes', {
  op: 'Pad',
  opset: 10,
  attributes: { pads: [1, 0, 0, 2], value: float(7) },
  inputs: [normal(2, 3)],
});
for (const mode of ['constant', 'reflect', 'edge'])
  add(mode, { op: 'Pad', attributes: { mode }, inputs: [normal(4, 5), ints(1, 2, 2, 1)] });
add('axes', { op: 'Pad', opset: 18, inputs: [normal(4, 5), ints(1, 2), one(3), ints(-1)] });
add('wrap', {
  op: 'Pad',
  opset: 19,
  attributes: { mode: 'wrap' },
  inputs: [normal(4, 5), ints(1, 2, 2, 1)],
});
add('', { op: 'Expand', inputs: [normal(3, 1), ints(2, 1, 6)] });
add('', { op: 'Tile', inputs: [normal(2, 3), ints(2, 3)] });
add('', {
  op: 'Gather',
  attributes: { axis: 1 },
  inputs: [normal(3, 4), tensor([3, -1, 0, 1], [2, 2], 'int64')],
});
add('', { op: 'SpaceToDepth', attributes: { blocksize: 2 }, inputs: [normal(1, 2, 4, 6)] });
add('CRD', {
  op: 'DepthToSpace',
  attributes: { blocksize: 2, mode: 'CRD' },
  inputs: [normal(1, 8, 2, 3)],
});
add('upper', { op: 'Trilu', inputs: [normal(2, 4, 5)] });
add('lower, k', {
  op: 'Trilu',
  attributes: { upper: 0 },
  inputs: [normal(4, 5), one(-1, 'int64')],
});
add('', { op: 'NonZero', inputs: [codes('int32', 0, 1, 3, 4)] });
add('', { op: 'Shape', opset: 15, attributes: { start: -2 }, inputs: [normal(2, 3, 4)] });
add('', { op: 'Size', inputs: [normal(2, 3, 4)] });
add('', {
  op: 'ConstantOfShape',
  attributes: { value: tensor([3], [1], 'int64') },
  inputs: [ints(2, 3)],
});
add('', { op: 'Range', inputs: [one(1, 'int64'), one(9, 'int64'), one(3, 'int64')] });
add('', { op: 'CastLike', opset: 15, inputs: [normal(3), ints(1)] });
add('to bool', {
  op: 'Cast',
  attributes: { to: onnxDataTypes.bool },
  inputs: [tensor([0, 1, -2], [3], 'int32')],
});
add('to int', {
  op: 'Cast',
  attributes: { to: onnxDataTypes.int32 },
  inputs: [tensor([1.7, -1.7, 3], [3])],
});

// Resampling
for (const mode of ['nearest', 'linear']) {
  add(mode, {
    op: 'Upsample',
    opset: 9,
    attributes: { mode },
    inputs: [image, tensor([1, 1, 2, 3])],
  });
  add(mode, {
    op: 'Upsample',
    opset: 7,
    attributes: { mode, scales: { floats: [1, 1, 2, 2] } },
    inputs: [image],
  });
  add(mode, {
    op: 'Resize',
    opset: 10,
    attributes: { mode },
    inputs: [image, tensor([1, 1, 2, 1.5])],
  });
}
for (const mode of ['nearest', 'linear', 'cubic']) {
  for (const place of ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric']) {
    const attributes = { mode, coordinate_transformation_mode: place };
    add(`${mode} ${place} sizes`, {
      op: 'Resize',
      attributes,
      inputs: [normal(1, 2, 5, 6), undefined, undefined, ints(1, 2, 8, 11)],
    });
    add(`${mode} ${place} scales`, {
      op: 'Resize',
      opset: 11,
      attributes,
      open: true,
      inputs: [normal(1, 2, 5, 6), tensor([], [0]), tensor([1, 1, 1.5, 2.5])],
    });
  }
}
add('axes', {
  op: 'Resize',
  opset: 18,
  attributes: { axes: [3, 2], mode: 'linear', keep_aspect_ratio_policy: 'not_larger' },
  inputs: [normal(1, 2, 5, 6), undefined, undefined, ints(9, 9)],
});

// Reductions
for (const op of [
  'ReduceSum',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
  'ReduceProd',
  'ReduceSumSquare',
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSumExp',
  'ReduceLogSum',
]) {
  add('attribute', {
    op,
    opset: 12,
    attributes: { axes: [1, -1], keepdims: 0 },
    inputs: [positive(2, 3, 4)],
  });
  add('all', { op, opset: 11, inputs: [positive(2, 3, 4)] });
  add('operand', {
    op,
    opset: 18,
    attributes: { keepdims: 0 },
    inputs: [positive(2, 3, 4), ints(-2)],
  });
}
for (const op of ['ArgMax', 'ArgMin'])
  add('', { op, attributes: { axis: -1, keepdims: 0 }, inputs: [normal(3, 6)] });
for (const exclusive of [0, 1])
  for (const reverse of [0, 1])
    add(`${exclusive}${reverse}`, {
      op: 'CumSum',
      attributes: { exclusive, reverse },
      inputs: [normal(3, 4), one(1, 'int32')],
    });
add('operand', {
  op: 'TopK',
  attributes: { axis: 1 },
  inputs: [normal(3, 6), ints(2)],
  outputs: 2,
});
add('attribute', {
  op: 'TopK',
  opset: 9,
  attributes: { k: 3 },
  inputs: [normal(3, 6)],
  outputs: 2,
});
add('least', {
  op: 'TopK',
  attributes: { largest: 0 },
  inputs: [normal(3, 6), ints(4)],
  outputs: 2,
});

// Normalisation
const four = () => [normal(4), normal(4), normal(4), positive(4)];
add('', { op: 'BatchNormalization', opset: 15, inputs: [image, ...four()] });
add('one axis', { op: 'BatchNormalization', opset: 9, inputs: [normal(2, 4, 5), ...four()] });
add('', { op: 'InstanceNormalization', inputs: [image, normal(4), normal(4)] });
add('axis 2, statistics', {
  op: 'LayerNormalization',
  attributes: { axis: 2 },
  inputs: [image, normal(7, 9), normal(7, 9)],
  outputs: 3,
});
add('per group', {
  op: 'GroupNormalization',
  opset: 18,
  attributes: { num_groups: 2 },
  inputs: [image, normal(2), normal(2)],
});
add('per channel, open', {
  op: 'GroupNormalization',
  opset: 21,
  open: true,
  attributes: { num_groups: 2 },
  inputs: [image, normal(4), normal(4)],
});
add('', {
  op: 'RMSNormalization',
  opset: 23,
  attributes: { axis: 2 },
  inputs: [image, normal(7, 9)],
});
add('', { op: 'LpNormalization', attributes: { axis: 1 }, inputs: [normal(3, 4)] });
add('', { op: 'MeanVarianceNormalization', inputs: [image] });
add('', {
  op: 'LRN',
  attributes: { size: 3, alpha: float(0.2), bias: float(1.5) },
  inputs: [image],
});
for (const op of ['Softmax', 'LogSoftmax']) {
  for (const opset of [11, 13])
    for (const axis of [-1, 1])
      add(`axis ${axis}`, { op, opset, attributes: { axis }, inputs: [normal(2, 3, 4)] });
  add('axis 0', { op, opset: 9, open: true, attributes: { axis: 0 }, inputs: [normal(2, 3, 4)] });
}
add('', { op: 'Dropout', opset: 12, inputs: [normal(3, 4)], outputs: 2 });

// Quantization
const scales = tensor([0.1, 0.03, 0.2, 0.05]);
for (const dtype of ['int8', 'uint8', 'int16', 'uint16'] as const) {
  const zero = tensor([3], [], dtype);
  const opset = dtype.endsWith('16') ? 21 : 13;
  add(dtype, { op: 'QuantizeLinear', opset, inputs: [normal(3, 7), one(0.02), zero] });
  add(dtype, {
    op: 'DequantizeLinear',
    opset,
    inputs: [codes(dtype, 0, 99, 3, 7), one(0.02), zero],
  });
}
add('per channel', {
  op: 'QuantizeLinear',
  opset: 13,
  attributes: { axis: 1 },
  inputs: [image, scales, codes('uint8', 0, 200, 4)],
});
add('per channel', {
  op: 'DequantizeLinear',
  opset: 13,
  attributes: { axis: -3 },
  inputs: [codes('int8', -128, 127, 2, 4, 3, 3), scales],
});
add('int32', {
  op: 'DequantizeLinear',
  opset: 13,
  attributes: { axis: 0 },
  inputs: [codes('int32', -9999, 9999, 4), scales],
});
add('blocks', {
  op: 'DequantizeLinear',
  opset: 21,
  attributes: { axis: 1, block_size: 2 },
  inputs: [codes('int8', -128, 127, 3, 4), positive(3, 2), codes('int8', -9, 9, 3, 2)],
});
add('', { op: 'DynamicQuantizeLinear', opset: 11, inputs: [normal(5, 6)], outputs: 3 });
add('', {
  op: 'MatMulInteger',
  opset: 10,
  inputs: [
    codes('uint8', 0, 255, 3, 4),
    codes('int8', -128, 127, 4, 5),
    one(9, 'uint8'),
    codes('int8', -9, 9, 5),
  ],
});
add('', {
  op: 'ConvInteger',
  opset: 10,
  attributes: { pads: [1, 1, 1, 1] },
  inputs: [
    codes('uint8', 0, 255, 1, 2, 5, 5),
    codes('uint8', 0, 255, 3, 2, 3, 3),
    one(7, 'uint8'),
    one(5, 'uint8'),
  ],
});
add('per column', {
  op: 'QLinearMatMul',
  opset: 10,
  inputs: [
    codes('uint8', 0, 255, 3, 4),
    one(0.02),
    one(120, 'uint8'),
    codes('int8', -128, 127, 4, 4),
    scales,
    tensor([0, 0, 0, 0], [4], 'int8'),
    one(0.1),
    one(100, 'uint8'),
  ],
});
add('per channel, bias', {
  op: 'QLinearConv',
  opset: 10,
  attributes: { pads: [1, 1, 1, 1], strides: [2, 2] },
  inputs: [
    codes('uint8', 0, 255, 1, 2, 6, 6),
    one(0.02),
    one(120, 'uint8'),
    codes('int8', -128, 127, 4, 2, 3, 3),
    scales,
    tensor([0, 0, 0, 0], [4], 'int8'),
    one(0.3),
    one(100, 'uint8'),
    codes('int32', -999, 999, 4),
  ],
});

// Packed weights: whole blocks and a part of one, zero points in whole bytes and in parts, a bias.
for (const [bits, block, K] of [
  [4, 32, 96],
  [4, 16, 72],
  [8, 32, 40],
  [2, 64, 150],
] as const) {
  const [N, blocks] = [6, Math.ceil(K / block)];
  const weights = codes('uint8', 0, 255, N, blocks, (block * bits) / 8);
  const steps = positive(N, blocks);
  const zeros = codes('uint8', 0, 255, N, Math.ceil((blocks * bits) / 8));
  const attributes = { K, N, bits, block_size: block };
  const packed = { op: 'MatMulNBits', domain: 'com.microsoft', opset: 21, attributes };
  add(`${bits} bits, ${K} inputs`, { ...packed, inputs: [normal(2, 3, K), weights, steps] });
  add(`${bits} bits, ${K} inputs, zero points`, {
    ...packed,
    inputs: [normal(5, K), weights, steps, zeros],
  });
  const bias = [undefined, undefined, normal(N)];
  add(`${bits} bits, ${K} inputs, bias`, {
    ...packed,
    inputs: [normal(1, K), weights, steps, ...bias],
  });
}

const isQuantized = (op: string) => op.startsWith('QLinear');

test.each(Object.entries(cases))(
  '%s',
  async (_, {
    op,
    opset = 17,
    domain,
    attributes = {},
    inputs,
    constantsFrom = 1,
    outputs: count = 1,
    open = false,
  }) => {
    const names = inputs.map((value, i) => (value ? `in${i}` : ''));
    const outputs = Array.from({ length: count }, (_, i) => `out${i}`);
    const pick = (constant: boolean) =>
      Object.fromEntries(
        inputs.flatMap((value, i) =>
          value && i >= constantsFrom === constant ? [[names[i] as string, value]] : [],
        ),
      );
    const feeds = pick(false);
    const file = fileOf({
      opset,
      open,
      nodes: [
        {
          opType: op,
          ...(domain ? { domain } : {}),
          name: 'node',
          input: names,
          output: outputs,
          attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
        },
      ],
      inputs: feeds,
      constants: pick(true),
      outputs,
    });
    const session = await InferenceSession.create(file, {
      logSeverityLevel: 3,
      graphOptimizationLevel: 'disabled',
    });
    const expected = await session.run(
      Object.fromEntries(
        Object.entries(feeds).map(([name, { dtype, data, shape }]) => [
          name,
          new OrtTensor(dtype, data as never, [...shape]),
        ]),
      ),
    );
    await session.release();
    const graph = fromOnnx(file);
    for (const candidate of [graph, simplify(graph)]) {
      checkGraph(candidate);
      const results = createExecutor(candidate).run(feeds);
      for (const name of outputs) {
        const [ours, theirs] = [results[name] as Tensor, expected[name] as OrtTensor];
        expect(ours.dtype).toBe(theirs.type);
        expect(ours.shape).toEqual(theirs.dims);
        const whole = !ours.dtype.startsWith('float');
        for (let i = 0; i < ours.size; i++) {
          const [a, b] = [Number(ours.data[i]), Number((theirs.data as Float32Array)[i])];
          // onnxruntime rounds its requantization in float with another order of factors.
          const tolerance = isQuantized(op) ? 1 : whole ? 0 : 1e-5 + 1e-4 * Math.abs(b);
          if (!Object.is(a, b) && !(Math.abs(a - b) <= tolerance)) {
            expect.fail(`${name}[${i}] is ${a}, onnxruntime gives ${b}`);
          }
        }
      }
    }
  },
);
