import { broadcastShapes, type Shape, sizeOf, TensorError } from '@subbyte/tensor';
import { KernelError } from '../errors.ts';
import type { KernelName, OptionsOf } from '../table.ts';
import { checkAxis, fail, type OperandShapes, operandShape } from './check.ts';
import { conv2dShape, convTranspose2dShape } from './conv.ts';
import { integerRules } from './integer.ts';
import { matmulShape } from './matmul.ts';
import {
  concatShape,
  depthToSpaceShape,
  expandShape,
  gatherElementsShape,
  gatherShape,
  padShape,
  resizeShape,
  sliceShape,
  spaceToDepthShape,
  tileShape,
  transposeShape,
} from './movement.ts';
import { channelNormShape, layerNormShape } from './normalization.ts';
import { pool2dShape } from './pool.ts';
import { quantizeShape } from './quantize.ts';
import { reduceShape } from './reduce.ts';
import type { NamedRule, ShapeRule } from './rule.ts';
import { trainingRules } from './training.ts';

/** A rule for one operand that gives the shape from its shape. */
const unary =
  <Options>(rule: (x: Shape, options: Options, kernel: string) => number[]) =>
  (kernel: string, shapes: OperandShapes, options: Options): number[] =>
    rule(operandShape(kernel, shapes, 0, 'x'), options, kernel);

const same = unary((x: Shape): number[] => [...x]);

const sameAlongAxis = unary((x: Shape, { axis }: { readonly axis: number }, kernel): number[] => {
  checkAxis(kernel, axis, x);
  return [...x];
});

const pool = unary(pool2dShape);
const reduce = unary(reduceShape);

const argument = unary((x: Shape, options: OptionsOf<'argMax'>, kernel): number[] => {
  const shape = reduceShape(x, { axes: [options.axis], keepAxes: options.keepAxes }, kernel);
  if (x[options.axis] === 0) fail(kernel, `axis ${options.axis} of [${x}] is empty`);
  return shape;
});

const broadcast =
  (count: number) =>
  (kernel: string, shapes: OperandShapes): number[] => {
    let result: number[] = [];
    for (let i = 0; i < count; i++) {
      result = broadcastShapes(result, operandShape(kernel, shapes, i, 'abc'[i] as string));
    }
    return result;
  };

const binary = broadcast(2);

const channelNorm =
  (parameters: number, leastRank: number) =>
  (kernel: string, shapes: OperandShapes): number[] => {
    const given = Array.from({ length: parameters }, (_, i) => shapes[i + 1]);
    return channelNormShape(kernel, operandShape(kernel, shapes, 0, 'x'), given, leastRank);
  };

const quantize = (
  kernel: string,
  shapes: OperandShapes,
  options: OptionsOf<'dequantizeLinear'>,
): number[] =>
  quantizeShape(
    kernel,
    operandShape(kernel, shapes, 0, 'x'),
    operandShape(kernel, shapes, 1, 'scale'),
    shapes[2],
    options,
  );

/** A rule for two operands whose shapes go straight into a shape function. */
const pair =
  <Options>(rule: (a: Shape, b: Shape, options: Options, third?: Shape) => number[]) =>
  (kernel: string, shapes: OperandShapes, options: Options): number[] =>
    rule(
      operandShape(kernel, shapes, 0, 'first'),
      operandShape(kernel, shapes, 1, 'second'),
      options,
      shapes[2],
    );

const rules: { readonly [K in KernelName]: NamedRule<K> } = {
  ...trainingRules,
  ...integerRules,
  matmul: pair(matmulShape),
  conv2d: pair(conv2dShape),
  convTranspose2d: pair(convTranspose2dShape),
  maxPool2d: pool,
  maxPool2dIndices: pool,
  averagePool2d: pool,
  abs: same,
  neg: same,
  sign: same,
  exp: same,
  log: same,
  sqrt: same,
  reciprocal: same,
  floor: same,
  ceil: same,
  round: same,
  sin: same,
  cos: same,
  erf: same,
  tanh: same,
  sigmoid: same,
  relu: same,
  softplus: same,
  softsign: same,
  hardSwish: same,
  gelu: same,
  leakyRelu: same,
  elu: same,
  celu: same,
  selu: same,
  hardSigmoid: same,
  clip: same,
  isNaN: same,
  isInf: same,
  not: same,
  bitwiseNot: same,
  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  pow: binary,
  mod: binary,
  min: binary,
  max: binary,
  prelu: (kernel, shapes) => {
    const x = operandShape(kernel, shapes, 0, 'x');
    const result = binary(kernel, shapes);
    if (result.length !== x.length || result.some((size, axis) => size !== x[axis])) {
      fail(kernel, `slope [${shapes[1]}] does not broadcast to x [${x}]`);
    }
    return result;
  },
  bitwiseAnd: binary,
  bitwiseOr: binary,
  bitwiseXor: binary,
  bitShift: binary,
  equal: binary,
  less: binary,
  lessOrEqual: binary,
  greater: binary,
  greaterOrEqual: binary,
  and: binary,
  or: binary,
  xor: binary,
  where: broadcast(3),
  reduceSum: reduce,
  reduceMean: reduce,
  reduceMax: reduce,
  reduceMin: reduce,
  reduceProd: reduce,
  reduceSumSquare: reduce,
  reduceL1: reduce,
  reduceL2: reduce,
  reduceLogSumExp: reduce,
  argMax: argument,
  argMin: argument,
  cumulativeSum: sameAlongAxis,
  softmax: sameAlongAxis,
  logSoftmax: sameAlongAxis,
  batchNorm: channelNorm(4, 2),
  instanceNorm: channelNorm(2, 3),
  layerNorm: (kernel, shapes, options) =>
    layerNormShape(
      operandShape(kernel, shapes, 0, 'x'),
      operandShape(kernel, shapes, 1, 'scale'),
      shapes[2],
      options,
    ),
  transpose: unary(transposeShape),
  pad: unary(padShape),
  slice: unary(sliceShape),
  concat: (kernel, shapes, options) =>
    concatShape(
      shapes.map((_, i) => operandShape(kernel, shapes, i, 'part')),
      options,
    ),
  gather: pair(gatherShape),
  gatherElements: pair(gatherElementsShape),
  expand: unary((x, { shape }: OptionsOf<'expand'>) => expandShape(x, shape)),
  tile: unary(tileShape),
  resize: unary(resizeShape),
  depthToSpace: unary(depthToSpaceShape),
  spaceToDepth: unary(spaceToDepthShape),
  cast: same,
  quantizeLinear: quantize,
  dequantizeLinear: quantize,
  fakeQuantizeUniform: quantize,
};

function checked<K extends KernelName>(kernel: K): ShapeRule<K> {
  return (operands, options) => {
    try {
      const shape = rules[kernel](kernel, operands, options);
      sizeOf(shape);
      return shape;
    } catch (error) {
      if (!(error instanceof TensorError)) throw error;
      throw new KernelError(`${kernel}: ${error.message}`);
    }
  };
}

/** Result shape of every kernel from the shapes of its operands; checks both against the options. */
export const kernelShapes: { readonly [K in KernelName]: ShapeRule<K> } = Object.fromEntries(
  (Object.keys(rules) as KernelName[]).map((kernel) => [kernel, checked(kernel)]),
) as unknown as { readonly [K in KernelName]: ShapeRule<K> };
