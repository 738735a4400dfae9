import type { KernelName, KernelTable } from '@subbyte/kernels';
import { activationGradient } from './activation-gradient.ts';
import { logSoftmax, logSoftmaxGradient, softmax, softmaxGradient } from './along-axis.ts';
import { add, div, max, min, mul, prelu, sub } from './binary-arithmetic.ts';
import { cast } from './cast.ts';
import { equal, greater, greaterOrEqual, less, lessOrEqual, where } from './comparison.ts';
import { convTranspose2d } from './conv-transpose2d.ts';
import { conv2d } from './conv2d.ts';
import { conv2dInputGradient } from './conv2d-input-gradient.ts';
import { conv2dWeightGradient } from './conv2d-weight-gradient.ts';
import { depthToSpace, spaceToDepth } from './depth-to-space.ts';
import type { Engine } from './engine.ts';
import { gather } from './gather.ts';
import { integerLookup } from './integer/lookup.ts';
import { integerMaxPool2d } from './integer/max-pool2d.ts';
import { matmulNBits, packedMatmul } from './integer/packed.ts';
import { integerConv2d, integerMatmul } from './integer/product.ts';
import type { KernelFactory } from './kernel.ts';
import { matmul } from './matmul.ts';
import { concat, expand, slice, tile, transpose } from './movement.ts';
import { gatherGradient, padGradient, resizeGradient, sliceGradient } from './movement-gradient.ts';
import { batchNorm, instanceNorm, layerNorm } from './normalization.ts';
import {
  batchNormInputGradient,
  batchNormParameterGradient,
  batchNormStatistics,
  instanceNormInputGradient,
  instanceNormParameterGradient,
  layerNormInputGradient,
  layerNormParameterGradient,
} from './normalization-gradient.ts';
import { pad } from './pad.ts';
import { averagePool2d, maxPool2d } from './pool2d.ts';
import { averagePool2dGradient, maxPool2dGradient } from './pool2d-gradient.ts';
import { dequantizeLinear, fakeQuantizeUniform, quantizeLinear } from './quantize.ts';
import {
  fakeQuantizeUniformGradient,
  fakeQuantizeUniformScaleGradient,
} from './quantize-gradient.ts';
import {
  fakeQuantizeDrop,
  fakeQuantizeDropGradient,
  fakeQuantizeDropScaleGradient,
  randomSelect,
} from './random-select.ts';
import {
  reduceL1,
  reduceL2,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProd,
  reduceSum,
  reduceSumSquare,
} from './reduction.ts';
import { resize } from './resize.ts';
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
import { abs, ceil, floor, neg, reciprocal, round, sign, sqrt } from './unary-arithmetic.ts';
import { erf, exp, log, tanh } from './unary-functions.ts';
import { accumulateUpdate, adamUpdate, blendUpdate, sgdUpdate } from './update.ts';

/** The kernels with code here; the reference computes the others. */
const factories: { readonly [K in KernelName]?: KernelFactory<K> } = {
  matmul,
  conv2d,
  convTranspose2d,
  maxPool2d,
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
  add,
  sub,
  mul,
  div,
  min,
  max,
  prelu,
  equal,
  less,
  lessOrEqual,
  greater,
  greaterOrEqual,
  where,
  reduceSum,
  reduceMean,
  reduceMax,
  reduceMin,
  reduceProd,
  reduceSumSquare,
  reduceL1,
  reduceL2,
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
  expand,
  tile,
  resize,
  depthToSpace,
  spaceToDepth,
  cast,
  quantizeLinear,
  dequantizeLinear,
  fakeQuantizeUniform,
  conv2dInputGradient,
  conv2dWeightGradient,
  maxPool2dGradient,
  averagePool2dGradient,
  activationGradient,
  batchNormStatistics,
  batchNormParameterGradient,
  batchNormInputGradient,
  instanceNormInputGradient,
  instanceNormParameterGradient,
  layerNormInputGradient,
  layerNormParameterGradient,
  softmaxGradient,
  logSoftmaxGradient,
  padGradient,
  sliceGradient,
  resizeGradient,
  gatherGradient,
  fakeQuantizeUniformGradient,
  fakeQuantizeUniformScaleGradient,
  randomSelect,
  fakeQuantizeDrop,
  fakeQuantizeDropGradient,
  fakeQuantizeDropScaleGradient,
  sgdUpdate,
  adamUpdate,
  blendUpdate,
  accumulateUpdate,
  integerConv2d,
  integerMatmul,
  integerMaxPool2d,
  integerLookup,
  packedMatmul,
  matmulNBits,
};

/** The kernel table of a backend on `engine`. */
export function createKernels(engine: Engine): Partial<KernelTable> {
  return Object.fromEntries(
    Object.entries(factories).map(([name, factory]) => [name, factory(engine)]),
  ) as Partial<KernelTable>;
}
