import type { ForwardKernelName, Kernel, KernelTable } from '../table.ts';
import { cumulativeSum, logSoftmax, softmax } from './along-axis.ts';
import { argMax, argMin } from './arg.ts';
import { add, div, max, min, mod, mul, prelu, sub } from './binary-arithmetic.ts';
import { bitShift, bitwiseAnd, bitwiseOr, bitwiseXor } from './bitwise.ts';
import { cast } from './cast.ts';
import { and, equal, greater, greaterOrEqual, less, lessOrEqual, or, xor } from './comparison.ts';
import { convTranspose2d } from './conv-transpose2d.ts';
import { conv2d } from './conv2d.ts';
import { depthToSpace, spaceToDepth } from './depth-to-space.ts';
import { gather, gatherElements } from './gather.ts';
import { integerReference } from './integer/index.ts';
import { matmul } from './matmul.ts';
import { concat, expand, slice, tile, transpose } from './movement.ts';
import { batchNorm, instanceNorm, layerNorm } from './normalization.ts';
import { pad } from './pad.ts';
import { averagePool2d, maxPool2d, maxPool2dIndices } from './pool2d.ts';
import { pow } from './pow.ts';
import { dequantizeLinear, fakeQuantizeUniform, quantizeLinear } from './quantize.ts';
import {
  reduceL1,
  reduceL2,
  reduceLogSumExp,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProd,
  reduceSum,
  reduceSumSquare,
} from './reduction.ts';
import { resize } from './resize.ts';
import { trainingReference } from './training/index.ts';
import {
  celu,
  clip,
  elu,
  gelu,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  relu,
  selu,
  sigmoid,
  softplus,
  softsign,
} from './unary-activations.ts';
import {
  abs,
  bitwiseNot,
  ceil,
  floor,
  isInf,
  neg,
  not,
  notANumber,
  reciprocal,
  round,
  sign,
  sqrt,
} from './unary-arithmetic.ts';
import { cos, erf, exp, log, sin, tanh } from './unary-functions.ts';
import { where } from './where.ts';

const forwardReference: { readonly [K in ForwardKernelName]: Kernel<K> } = {
  matmul,
  conv2d,
  convTranspose2d,
  maxPool2d,
  maxPool2dIndices,
  averagePool2d,
  abs,
  neg,
  sign,
  exp,
  log,
  sqrt,
  reciprocal,
  floor,
  ceil,
  round,
  sin,
  cos,
  erf,
  tanh,
  sigmoid,
  relu,
  softplus,
  softsign,
  hardSwish,
  gelu,
  leakyRelu,
  elu,
  celu,
  selu,
  hardSigmoid,
  clip,
  isNaN: notANumber,
  isInf,
  not,
  bitwiseNot,
  add,
  sub,
  mul,
  div,
  pow,
  mod,
  min,
  max,
  prelu,
  bitwiseAnd,
  bitwiseOr,
  bitwiseXor,
  bitShift,
  equal,
  less,
  lessOrEqual,
  greater,
  greaterOrEqual,
  and,
  or,
  xor,
  where,
  reduceSum,
  reduceMean,
  reduceMax,
  reduceMin,
  reduceProd,
  reduceSumSquare,
  reduceL1,
  reduceL2,
  reduceLogSumExp,
  argMax,
  argMin,
  cumulativeSum,
  softmax,
  logSoftmax,
  batchNorm,
  instanceNorm,
  layerNorm,
  transpose,
  pad,
  slice,
  concat,
  gather,
  gatherElements,
  expand,
  tile,
  resize,
  depthToSpace,
  spaceToDepth,
  cast,
  quantizeLinear,
  dequantizeLinear,
  fakeQuantizeUniform,
};

/** Names of the kernels that networks are made of, without those that only training needs. */
export const forwardKernelNames: readonly ForwardKernelName[] = Object.keys(
  forwardReference,
) as ForwardKernelName[];

/** Every kernel in plain TypeScript: the oracle that all backends are tested against. */
export const reference: KernelTable = {
  ...forwardReference,
  ...trainingReference,
  ...integerReference,
};
