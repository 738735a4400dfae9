export { apply } from './apply.ts';
export type { BackwardOptions } from './backward.ts';
export { checkpoint } from './checkpoint.ts';
export { type CustomStep, customGradient } from './custom-gradient.ts';
export { AutogradError } from './errors.ts';
export {
  celu,
  clip,
  elu,
  gelu,
  hardSigmoid,
  leakyRelu,
  prelu,
  selu,
  silu,
} from './functions/activations.ts';
export {
  abs,
  add,
  type BinaryFunction,
  ceil,
  cos,
  div,
  equal,
  erf,
  exp,
  floor,
  greater,
  greaterOrEqual,
  hardSwish,
  less,
  lessOrEqual,
  log,
  max,
  min,
  mod,
  mul,
  neg,
  type Operand,
  pow,
  reciprocal,
  relu,
  round,
  sigmoid,
  sign,
  sin,
  softplus,
  softsign,
  sqrt,
  square,
  sub,
  tanh,
  type UnaryFunction,
  where,
} from './functions/elementwise.ts';
export { type MatmulCallOptions, matmul } from './functions/linear-algebra.ts';
export {
  cast,
  concat,
  depthToSpace,
  expand,
  gather,
  gatherElements,
  pad,
  type ResizeCallOptions,
  resize,
  slice,
  spaceToDepth,
  tile,
  transpose,
} from './functions/movement.ts';
export {
  type BatchNormTraining,
  batchNorm,
  batchNormTraining,
  type EpsilonOptions,
  instanceNorm,
  layerNorm,
  logSoftmax,
  softmax,
} from './functions/normalization.ts';
export {
  dequantizeLinear,
  fakeQuantizeDrop,
  fakeQuantizeUniform,
} from './functions/quantization.ts';
export {
  argMax,
  cumulativeSum,
  mean,
  type ReduceCallOptions,
  type Reduction,
  reduceL1,
  reduceL2,
  reduceLogSumExp,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProd,
  reduceSum,
  reduceSumSquare,
  sum,
} from './functions/reductions.ts';
export {
  averagePool2d,
  conv2d,
  convTranspose2d,
  type Loose,
  maxPool2d,
  type Size2d,
} from './functions/windows.ts';
export { grad, type ValueAndGradient, valueAndGrad, type WithAux } from './gradient.ts';
export { type Recording, record } from './record.ts';
export { rules } from './rules/index.ts';
export type { GradientRule, RuleStep } from './rules/rule.ts';
export { type Computation, type Listener, observe } from './tape.ts';
export { flatten, reshape, stopGradient } from './views.ts';
