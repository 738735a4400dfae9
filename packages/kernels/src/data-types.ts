import { type DataType, dataTypes, isFloat } from '@subbyte/tensor';
import { KernelError } from './errors.ts';
import type { IntegerEpilogueOptions } from './integer-table.ts';
import type { IntegerKernelName, KernelName, OptionsOf, TrainingKernelName } from './table.ts';

/** Data types of the operands; `undefined` where an optional one is absent. */
export type OperandTypes = readonly (DataType | undefined)[];

/**
 * The data type of a kernel's result.
 * @throws KernelError when the kernel is not defined for these data types.
 */
export type DataTypeRule<K extends KernelName> = (
  operands: OperandTypes,
  options: OptionsOf<K>,
) => DataType;

type NamedRule<K extends KernelName> = (
  kernel: string,
  operands: OperandTypes,
  options: OptionsOf<K>,
) => DataType;

type Types = readonly DataType[];

const floats: Types = dataTypes.filter(isFloat);
const integers: Types = dataTypes.filter((dtype) => !isFloat(dtype) && dtype !== 'bool');
const unsigned: Types = ['uint8', 'uint16', 'uint32', 'uint64'];
const numeric: Types = [...floats, ...integers];
/** Integers whose products of two add up exactly in a double. */
const narrow: Types = ['int8', 'uint8', 'int16', 'uint16', 'int32'];
const codes: Types = ['int8', 'uint8', 'int16', 'uint16', 'int32'];
const bool: Types = ['bool'];
const indices: Types = ['int32', 'int64'];

function accept(kernel: string, operands: OperandTypes, index: number, accepted: Types): DataType {
  const dtype = operands[index];
  if (dtype === undefined) throw new KernelError(`${kernel}: operand ${index} is missing`);
  if (!accepted.includes(dtype)) {
    throw new KernelError(
      `${kernel}: operand ${index} is ${dtype}, expected ${accepted.join(', ')}`,
    );
  }
  return dtype;
}

/** Operands `0 … count - 1` all of one accepted type, which the result has too. */
const same =
  (accepted: Types, count = 1, optional = 0) =>
  (kernel: string, operands: OperandTypes): DataType => {
    const dtype = accept(kernel, operands, 0, accepted);
    for (let i = 1; i < count + optional; i++) {
      if (i < count || operands[i] !== undefined) accept(kernel, operands, i, [dtype]);
    }
    return dtype;
  };

/** Like `same`, with a result of its own type. */
const to =
  (result: DataType, rule: (kernel: string, operands: OperandTypes) => DataType) =>
  (kernel: string, operands: OperandTypes): DataType => {
    rule(kernel, operands);
    return result;
  };

/** Float operands of one type, or integers of any two types that accumulate to int32. */
function product(kernel: string, operands: OperandTypes): DataType {
  const first = accept(kernel, operands, 0, [...floats, ...narrow]);
  accept(kernel, operands, 1, isFloat(first) ? [first] : narrow);
  const result = isFloat(first) ? first : 'int32';
  if (operands[2] !== undefined) accept(kernel, operands, 2, [result]);
  return result;
}

function gather(kernel: string, operands: OperandTypes): DataType {
  accept(kernel, operands, 1, indices);
  return accept(kernel, operands, 0, dataTypes);
}

const float = same(floats);
const number = same(numeric);
const number2 = same(numeric, 2);
const integer2 = same(integers, 2);
const compare = to('bool', number2);
const logic2 = same(bool, 2);
const any = same(dataTypes);
const index = to('int64', number);

const float2 = same(floats, 2);
const float3 = same(floats, 3);
const float4 = same(floats, 4);

function gatherGradient(kernel: string, operands: OperandTypes): DataType {
  accept(kernel, operands, 1, indices);
  return accept(kernel, operands, 0, floats);
}

const trainingRules: { readonly [K in TrainingKernelName]: NamedRule<K> } = {
  conv2dInputGradient: float2,
  conv2dWeightGradient: float2,
  maxPool2dGradient: float2,
  averagePool2dGradient: float,
  activationGradient: float2,
  batchNormStatistics: float,
  batchNormParameterGradient: float3,
  batchNormInputGradient: same(floats, 5),
  instanceNormInputGradient: float3,
  instanceNormParameterGradient: float2,
  layerNormInputGradient: float3,
  layerNormParameterGradient: float2,
  softmaxGradient: float2,
  logSoftmaxGradient: float2,
  padGradient: float,
  sliceGradient: float,
  resizeGradient: float,
  gatherGradient,
  gatherElementsGradient: gatherGradient,
  fakeQuantizeUniformGradient: float4,
  fakeQuantizeUniformScaleGradient: float4,
  randomSelect: float2,
  fakeQuantizeDrop: float3,
  fakeQuantizeDropGradient: float4,
  fakeQuantizeDropScaleGradient: float4,
  sgdUpdate: float3,
  adamUpdate: float4,
  blendUpdate: float2,
  accumulateUpdate: float2,
};

const bytes: Types = ['int8', 'uint8'];

/** Codes with int8 weights, int32 bias, float32 multiplier and other codes. */
function integerProduct(
  kernel: string,
  operands: OperandTypes,
  { output }: IntegerEpilogueOptions,
): DataType {
  accept(kernel, operands, 0, bytes);
  accept(kernel, operands, 1, ['int8']);
  accept(kernel, operands, 2, ['int32']);
  accept(kernel, operands, 3, ['float32']);
  if (operands[4] !== undefined) accept(kernel, operands, 4, bytes);
  if (operands[5] !== undefined) accept(kernel, operands, 5, ['float32']);
  return output.dtype;
}

/** Codes with packed weights, int32 bias, float32 multiplier. */
function packedProduct(
  kernel: string,
  operands: OperandTypes,
  { output }: Pick<IntegerEpilogueOptions, 'output'>,
): DataType {
  accept(kernel, operands, 0, bytes);
  accept(kernel, operands, 1, ['uint8']);
  accept(kernel, operands, 2, ['int32']);
  accept(kernel, operands, 3, ['float32']);
  return output.dtype;
}

/** Floats with packed weights, float32 scale and bias. */
function packedFloatProduct(kernel: string, operands: OperandTypes): DataType {
  accept(kernel, operands, 1, ['uint8']);
  accept(kernel, operands, 2, ['float32']);
  if (operands[3] !== undefined) accept(kernel, operands, 3, ['float32']);
  return accept(kernel, operands, 0, ['float32']);
}

const integerRules: { readonly [K in IntegerKernelName]: NamedRule<K> } = {
  integerConv2d: integerProduct,
  integerMatmul: integerProduct,
  integerMaxPool2d: same(bytes),
  integerLookup: (kernel, operands) => {
    accept(kernel, operands, 0, bytes);
    return accept(kernel, operands, 1, bytes);
  },
  packedMatmul: packedProduct,
  matmulNBits: packedFloatProduct,
};

const rules: { readonly [K in KernelName]: NamedRule<K> } = {
  ...trainingRules,
  ...integerRules,
  matmul: product,
  conv2d: product,
  convTranspose2d: product,
  maxPool2d: number,
  maxPool2dIndices: index,
  averagePool2d: float,
  abs: number,
  neg: number,
  sign: number,
  exp: float,
  log: float,
  sqrt: float,
  reciprocal: float,
  floor: float,
  ceil: float,
  round: float,
  sin: float,
  cos: float,
  erf: float,
  tanh: float,
  sigmoid: float,
  relu: number,
  softplus: float,
  softsign: float,
  hardSwish: float,
  gelu: float,
  leakyRelu: float,
  elu: float,
  celu: float,
  selu: float,
  hardSigmoid: float,
  clip: number,
  isNaN: to('bool', float),
  isInf: to('bool', float),
  not: same(bool),
  bitwiseNot: same(integers),
  add: number2,
  sub: number2,
  mul: number2,
  div: number2,
  pow: (kernel, operands) => {
    accept(kernel, operands, 1, numeric);
    return accept(kernel, operands, 0, numeric);
  },
  mod: number2,
  min: number2,
  max: number2,
  prelu: same(floats, 2),
  bitwiseAnd: integer2,
  bitwiseOr: integer2,
  bitwiseXor: integer2,
  bitShift: same(unsigned, 2),
  equal: to('bool', same(dataTypes, 2)),
  less: compare,
  lessOrEqual: compare,
  greater: compare,
  greaterOrEqual: compare,
  and: logic2,
  or: logic2,
  xor: logic2,
  where: (kernel, operands) => {
    accept(kernel, operands, 0, bool);
    const dtype = accept(kernel, operands, 1, dataTypes);
    return accept(kernel, operands, 2, [dtype]);
  },
  reduceSum: number,
  reduceMean: number,
  reduceMax: number,
  reduceMin: number,
  reduceProd: number,
  reduceSumSquare: number,
  reduceL1: number,
  reduceL2: number,
  reduceLogSumExp: float,
  argMax: index,
  argMin: index,
  cumulativeSum: number,
  softmax: float,
  logSoftmax: float,
  batchNorm: same(floats, 5),
  instanceNorm: same(floats, 3),
  layerNorm: same(floats, 2, 1),
  transpose: any,
  pad: any,
  slice: any,
  concat: (kernel, operands) => same(dataTypes, operands.length)(kernel, operands),
  gather,
  gatherElements: gather,
  expand: any,
  tile: any,
  resize: (kernel, operands, { mode }) =>
    accept(kernel, operands, 0, mode === 'nearest' ? dataTypes : floats),
  depthToSpace: any,
  spaceToDepth: any,
  cast: (kernel, operands, { dtype }) => {
    accept(kernel, operands, 0, dataTypes);
    return dtype;
  },
  quantizeLinear: (kernel, operands, { dtype }) => {
    accept(kernel, operands, 0, ['float32']);
    accept(kernel, operands, 1, ['float32']);
    if (operands[2] !== undefined) accept(kernel, operands, 2, [dtype]);
    return dtype;
  },
  dequantizeLinear: (kernel, operands) => {
    const dtype = accept(kernel, operands, 0, codes);
    if (operands[2] !== undefined) accept(kernel, operands, 2, [dtype]);
    return accept(kernel, operands, 1, ['float32']);
  },
  fakeQuantizeUniform: same(['float32'], 3),
};

function named<K extends KernelName>(kernel: K): DataTypeRule<K> {
  return (operands, options) => rules[kernel](kernel, operands, options);
}

/** Result data type of every kernel from the data types of its operands, which it checks. */
export const kernelDataType: { readonly [K in KernelName]: DataTypeRule<K> } = Object.fromEntries(
  (Object.keys(rules) as KernelName[]).map((kernel) => [kernel, named(kernel)]),
) as unknown as { readonly [K in KernelName]: DataTypeRule<K> };
