// The one list of kernels that networks are made of. `kernels` implements all of them plainly in
// `reference/`; a backend implements some; `autograd` has one gradient rule for each. The kernels
// that only training needs (gradients, statistics, updates) are in training-table.ts, those of compiled models in
// integer-table.ts. Operands are tensors, options plain
// data, the result is always one fresh tensor (never a view of an operand).
//
// Data types: arithmetic kernels take two operands of one type. Unless a comment says otherwise a
// kernel accepts every data type for which the operation makes sense; float results are computed
// in float32 for float32 operands (sums may use wider accumulators).

import type { Tensor } from '@subbyte/tensor';
import type { IntegerSignatures } from './integer-table.ts';
import type {
  AlphaOptions,
  ArgOptions,
  AveragePool2dOptions,
  AxisOptions,
  BitShiftOptions,
  CastOptions,
  ClipOptions,
  Conv2dOptions,
  ConvTranspose2dOptions,
  DepthToSpaceOptions,
  FakeQuantizeUniformOptions,
  GeluOptions,
  GridOptions,
  HardSigmoidOptions,
  LayerNormOptions,
  MatmulOptions,
  MaxPool2dIndicesOptions,
  ModOptions,
  NoOptions,
  NormOptions,
  PadOptions,
  Pool2dOptions,
  QuantizeLinearOptions,
  ReduceOptions,
  ResizeOptions,
  SeluOptions,
  ShapeOptions,
  SliceOptions,
  TileOptions,
  TransposeOptions,
} from './options.ts';
import type { TrainingSignatures } from './training-table.ts';

/** Operands and options of one kernel. */
export interface Signature<Operands extends readonly (Tensor | undefined)[], Options = NoOptions> {
  readonly operands: Operands;
  readonly options: Options;
}

type Unary<Options = NoOptions> = Signature<readonly [x: Tensor], Options>;
type Binary<Options = NoOptions> = Signature<readonly [a: Tensor, b: Tensor], Options>;

/** Every forward kernel with its operands and options. */
export interface ForwardSignatures {
  // Linear algebra
  /**
   * Batched matrix product with broadcasting of the leading axes: `[..., M, K] x [..., K, N]` plus
   * `bias` that broadcasts to `[..., M, N]`, then the activation. Operands of rank 1 are a row
   * (`a`) or a column (`b`) whose axis is dropped from the result. Integer operands give int32.
   */
  matmul: Signature<readonly [a: Tensor, b: Tensor, bias?: Tensor | undefined], MatmulOptions>;
  /** `[N, C, H, W]` with weight `[O, C / groups, kH, kW]` and bias `[O]` to `[N, O, H', W']`. */
  conv2d: Signature<readonly [x: Tensor, weight: Tensor, bias?: Tensor | undefined], Conv2dOptions>;
  /** `[N, C, H, W]` with weight `[C, O / groups, kH, kW]` and bias `[O]` to `[N, O, H', W']`. */
  convTranspose2d: Signature<
    readonly [x: Tensor, weight: Tensor, bias?: Tensor | undefined],
    ConvTranspose2dOptions
  >;

  // Pooling over `[N, C, H, W]`
  maxPool2d: Unary<Pool2dOptions>;
  /** int64 flat position in `x` of each maximum. */
  maxPool2dIndices: Unary<MaxPool2dIndicesOptions>;
  averagePool2d: Unary<AveragePool2dOptions>;

  // Elementwise, one operand
  abs: Unary;
  neg: Unary;
  sign: Unary;
  exp: Unary;
  log: Unary;
  sqrt: Unary;
  reciprocal: Unary;
  floor: Unary;
  ceil: Unary;
  /** Half to even. */
  round: Unary;
  sin: Unary;
  cos: Unary;
  erf: Unary;
  tanh: Unary;
  sigmoid: Unary;
  relu: Unary;
  softplus: Unary;
  softsign: Unary;
  hardSwish: Unary;
  gelu: Unary<GeluOptions>;
  leakyRelu: Unary<AlphaOptions>;
  elu: Unary<AlphaOptions>;
  celu: Unary<AlphaOptions>;
  selu: Unary<SeluOptions>;
  hardSigmoid: Unary<HardSigmoidOptions>;
  clip: Unary<ClipOptions>;
  isNaN: Unary;
  isInf: Unary;
  /** Logical not of a bool tensor. */
  not: Unary;
  bitwiseNot: Unary;

  // Elementwise, two operands with broadcasting
  add: Binary;
  sub: Binary;
  mul: Binary;
  /** Integers: quotient rounded towards zero. */
  div: Binary;
  /** The exponent may have another data type; the result has the base's. */
  pow: Binary;
  mod: Binary<ModOptions>;
  min: Binary;
  max: Binary;
  /** `x >= 0 ? x : slope * x`; the slope broadcasts to `x`. */
  prelu: Signature<readonly [x: Tensor, slope: Tensor]>;
  bitwiseAnd: Binary;
  bitwiseOr: Binary;
  bitwiseXor: Binary;
  bitShift: Binary<BitShiftOptions>;
  /** Comparisons give bool. */
  equal: Binary;
  less: Binary;
  lessOrEqual: Binary;
  greater: Binary;
  greaterOrEqual: Binary;
  /** Logical kernels take and give bool. */
  and: Binary;
  or: Binary;
  xor: Binary;
  /** `condition ? a : b`, all three broadcasting. */
  where: Signature<readonly [condition: Tensor, a: Tensor, b: Tensor]>;

  // Reductions
  reduceSum: Unary<ReduceOptions>;
  reduceMean: Unary<ReduceOptions>;
  reduceMax: Unary<ReduceOptions>;
  reduceMin: Unary<ReduceOptions>;
  reduceProd: Unary<ReduceOptions>;
  reduceSumSquare: Unary<ReduceOptions>;
  reduceL1: Unary<ReduceOptions>;
  reduceL2: Unary<ReduceOptions>;
  reduceLogSumExp: Unary<ReduceOptions>;
  /** int64 indices. */
  argMax: Unary<ArgOptions>;
  argMin: Unary<ArgOptions>;
  cumulativeSum: Unary<AxisOptions>;

  // Normalisation
  softmax: Unary<AxisOptions>;
  logSoftmax: Unary<AxisOptions>;
  /** `(x - mean) / sqrt(variance + epsilon) * scale + bias` along axis 1; all four `[C]`. */
  batchNorm: Signature<
    readonly [x: Tensor, scale: Tensor, bias: Tensor, mean: Tensor, variance: Tensor],
    NormOptions
  >;
  /** Over every axis after the channel axis 1, per sample; scale and bias `[C]`. */
  instanceNorm: Signature<readonly [x: Tensor, scale: Tensor, bias: Tensor], NormOptions>;
  layerNorm: Signature<
    readonly [x: Tensor, scale: Tensor, bias?: Tensor | undefined],
    LayerNormOptions
  >;

  // Movement: any data type
  transpose: Unary<TransposeOptions>;
  pad: Unary<PadOptions>;
  slice: Unary<SliceOptions>;
  /** One or more tensors of one type, equal in every axis but `axis`. */
  concat: Signature<readonly Tensor[], AxisOptions>;
  /** `indices` int32 or int64, negative counts from the end; replaces `axis` by their shape. */
  gather: Signature<readonly [x: Tensor, indices: Tensor], AxisOptions>;
  gatherElements: Signature<readonly [x: Tensor, indices: Tensor], AxisOptions>;
  /** ONNX Expand: broadcasts `x` and `shape` against each other. */
  expand: Unary<ShapeOptions>;
  tile: Unary<TileOptions>;
  resize: Unary<ResizeOptions>;
  depthToSpace: Unary<DepthToSpaceOptions>;
  spaceToDepth: Unary<DepthToSpaceOptions>;
  /** Floats to integers truncate and saturate; anything but 0 becomes true. */
  cast: Unary<CastOptions>;

  // Quantization; arithmetic in float32: codes = clamp(round_half_even(x / scale) + zeroPoint)
  /** float32 to integer codes. `zeroPoint` has the type of the codes or is absent (0). */
  quantizeLinear: Signature<
    readonly [x: Tensor, scale: Tensor, zeroPoint?: Tensor | undefined],
    QuantizeLinearOptions
  >;
  /** `(code - zeroPoint) * scale`, float32. */
  dequantizeLinear: Signature<
    readonly [codes: Tensor, scale: Tensor, zeroPoint?: Tensor | undefined],
    GridOptions
  >;
  /** `dequantizeLinear(quantizeLinear(x))` in one pass; `zeroPoint` is float32 with whole values. */
  fakeQuantizeUniform: Signature<
    readonly [x: Tensor, scale: Tensor, zeroPoint: Tensor],
    FakeQuantizeUniformOptions
  >;
}

/** Every kernel with its operands and options. */
export interface KernelSignatures
  extends ForwardSignatures,
    TrainingSignatures,
    IntegerSignatures {}

/** Name of a kernel that networks are made of. */
export type ForwardKernelName = keyof ForwardSignatures;

/** Name of a kernel that only training needs. */
export type TrainingKernelName = keyof TrainingSignatures;

/** Name of a kernel that only compiled models run. */
export type IntegerKernelName = keyof IntegerSignatures;

/** Name of a kernel. */
export type KernelName = keyof KernelSignatures;

/** Operand list of kernel `K`. */
export type OperandsOf<K extends KernelName> = KernelSignatures[K]['operands'];

/** Options of kernel `K`. */
export type OptionsOf<K extends KernelName> = KernelSignatures[K]['options'];

/** The function that computes kernel `K`. */
export type Kernel<K extends KernelName> = (
  operands: OperandsOf<K>,
  options: OptionsOf<K>,
) => Tensor;

/** One function per kernel: a missing one is a compile error. */
export type KernelTable = { readonly [K in KernelName]: Kernel<K> };
