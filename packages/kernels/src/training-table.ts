// The kernels that only training needs. Gradient kernels take the gradient of the loss with respect
// to the forward kernel's result (`gradient`, of that result's shape) and what the forward kernel
// saw. All take and give floats of one type; the reference also computes in float64, where finite
// differences check the rules. What is not here composes from forward kernels (the gradient of a
// transposed convolution is a convolution, of `concat` a `slice`, of a product two products).

import type { Shape, Tensor } from '@subbyte/tensor';
import type {
  Activation,
  AveragePool2dOptions,
  AxisOptions,
  Conv2dOptions,
  FakeQuantizeUniformOptions,
  LayerNormOptions,
  NoOptions,
  NormOptions,
  PadOptions,
  Pool2dOptions,
  ResizeOptions,
  SliceOptions,
} from './options.ts';
import type { Signature } from './table.ts';

/** For gradients of kernels whose operand's shape cannot be told from the result's. */
export interface InputShapeOptions {
  /** Shape of the forward kernel's operand, which the result has. */
  readonly inputShape: Shape;
}

/** Options of `conv2dWeightGradient`. */
export interface WeightShapeOptions {
  /** Shape of the weight, which the result has. */
  readonly weightShape: Shape;
}

/** Options of `activationGradient`; `gelu` is the exact one. */
export interface ActivationGradientOptions {
  readonly activation: Activation | { readonly kind: 'tanh' } | { readonly kind: 'gelu' };
}

/** Options of `sgdUpdate` (PyTorch's SGD: decay is added to the gradient). */
export interface SgdUpdateOptions {
  readonly rate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

/** Options of `adamUpdate`. */
export interface AdamUpdateOptions {
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Decay the parameter itself (AdamW) instead of adding to the gradient (Adam). */
  readonly decoupled: boolean;
  /** Number of this update, from 1: both moments are corrected for their start at 0. */
  readonly step: number;
}

/** Options of `randomSelect`. */
export interface RandomSelectOptions {
  /** Chance of the first operand's element, or of the grid, 0 to 1. */
  readonly probability: number;
  /** Of the coins, a whole number; its low 32 bits count. */
  readonly seed: number;
}

/** Options of `fakeQuantizeDrop`. */
export interface FakeQuantizeDropOptions extends RandomSelectOptions {
  /** Smallest code. */
  readonly min: number;
  /** Largest code. */
  readonly max: number;
}

/** Convolution options without a fused activation. */
export type PlainConv2dOptions = Omit<Conv2dOptions, 'activation'>;

/** Every training kernel with its operands and options. */
export interface TrainingSignatures {
  // Convolution
  /** Gradient of `conv2d` with respect to `x`; result of shape `inputShape`. */
  conv2dInputGradient: Signature<
    readonly [gradient: Tensor, weight: Tensor],
    PlainConv2dOptions & InputShapeOptions
  >;
  /** Gradient of `conv2d` with respect to `weight`; result of shape `weightShape`. */
  conv2dWeightGradient: Signature<
    readonly [x: Tensor, gradient: Tensor],
    PlainConv2dOptions & WeightShapeOptions
  >;

  // Pooling
  /** The gradient goes to the first maximum of each window, of one in padding only nowhere. */
  maxPool2dGradient: Signature<readonly [x: Tensor, gradient: Tensor], Pool2dOptions>;
  averagePool2dGradient: Signature<
    readonly [gradient: Tensor],
    AveragePool2dOptions & InputShapeOptions
  >;

  // Elementwise
  /**
   * `gradient * f'(x)`; `x` before the activation. relu, clip and hardSigmoid pass nothing at their
   * corners and at NaN; hardSwish has the slopes 0 at -3 and 1 at 3, leakyRelu `alpha` at 0.
   */
  activationGradient: Signature<readonly [x: Tensor, gradient: Tensor], ActivationGradientOptions>;

  // Normalisation
  /** Mean and biased variance of each channel (axis 1) over all other axes: `[2, C]`. */
  batchNormStatistics: Signature<readonly [x: Tensor]>;
  /** Gradients of batch norm's bias and scale: `[2, C]`, sums of `gradient` and `gradient * x̂`. */
  batchNormParameterGradient: Signature<
    readonly [x: Tensor, gradient: Tensor, statistics: Tensor],
    NormOptions
  >;
  /**
   * Gradient with respect to `x` in train mode, the statistics being those of `x`; `sums` is the
   * result of `batchNormParameterGradient`.
   */
  batchNormInputGradient: Signature<
    readonly [x: Tensor, gradient: Tensor, scale: Tensor, statistics: Tensor, sums: Tensor],
    NormOptions
  >;
  instanceNormInputGradient: Signature<
    readonly [x: Tensor, gradient: Tensor, scale: Tensor],
    NormOptions
  >;
  /** Gradients of bias and scale: `[2, C]`. */
  instanceNormParameterGradient: Signature<readonly [x: Tensor, gradient: Tensor], NormOptions>;
  layerNormInputGradient: Signature<
    readonly [x: Tensor, gradient: Tensor, scale: Tensor],
    LayerNormOptions
  >;
  /**
   * Gradients of bias and scale: `[2, ...shape from axis on]`. A smaller one that broadcasts gets
   * their sum; one that differs between samples (an axis before `axis`) cannot be had from it.
   */
  layerNormParameterGradient: Signature<readonly [x: Tensor, gradient: Tensor], LayerNormOptions>;
  /** `y * (gradient - sum(gradient * y))` along `axis`; `y` is the softmax. */
  softmaxGradient: Signature<readonly [y: Tensor, gradient: Tensor], AxisOptions>;
  /** `gradient - exp(y) * sum(gradient)` along `axis`; `y` is the log-softmax. */
  logSoftmaxGradient: Signature<readonly [y: Tensor, gradient: Tensor], AxisOptions>;

  // Movement
  padGradient: Signature<readonly [gradient: Tensor], PadOptions & InputShapeOptions>;
  sliceGradient: Signature<readonly [gradient: Tensor], SliceOptions & InputShapeOptions>;
  resizeGradient: Signature<readonly [gradient: Tensor], ResizeOptions & InputShapeOptions>;
  /** Adds each slice of `gradient` at its index. */
  gatherGradient: Signature<
    readonly [gradient: Tensor, indices: Tensor],
    AxisOptions & InputShapeOptions
  >;
  gatherElementsGradient: Signature<
    readonly [gradient: Tensor, indices: Tensor],
    AxisOptions & InputShapeOptions
  >;

  // Quantization (straight-through: quantization-papers 0.2; LSQ, Esser et al. 2020, eq. 3)
  /** `gradient` where the code before clamping lies in [min, max], else 0; NaN gives 0. */
  fakeQuantizeUniformGradient: Signature<
    readonly [x: Tensor, scale: Tensor, zeroPoint: Tensor, gradient: Tensor],
    FakeQuantizeUniformOptions
  >;
  /** Gradient with respect to `scale`, summed over the elements that share one; its shape. */
  fakeQuantizeUniformScaleGradient: Signature<
    readonly [x: Tensor, scale: Tensor, zeroPoint: Tensor, gradient: Tensor],
    FakeQuantizeUniformOptions
  >;

  // Noise
  /**
   * Each element from `a` with `probability`, else from `b`: QDrop's mixing (Wei et al. 2022, eq.
   * 7). The coin of element i depends on `seed` and i alone.
   */
  randomSelect: Signature<readonly [a: Tensor, b: Tensor], RandomSelectOptions>;
  /**
   * `fakeQuantizeUniform` with one scale for each element with `probability`, else `x` itself:
   * `randomSelect` of the two in one pass, with the same coins.
   */
  fakeQuantizeDrop: Signature<
    readonly [x: Tensor, scale: Tensor, zeroPoint: Tensor],
    FakeQuantizeDropOptions
  >;
  /** Straight through inside the range, and where the element kept its value. */
  fakeQuantizeDropGradient: Signature<
    readonly [x: Tensor, scale: Tensor, zeroPoint: Tensor, gradient: Tensor],
    FakeQuantizeDropOptions
  >;
  /** Of the elements that were put on the grid; shape of `scale`. */
  fakeQuantizeDropScaleGradient: Signature<
    readonly [x: Tensor, scale: Tensor, zeroPoint: Tensor, gradient: Tensor],
    FakeQuantizeDropOptions
  >;

  // Updates: unlike all other kernels these write their operands in place and return the first.
  /** Writes `parameter` and `velocity`. */
  sgdUpdate: Signature<
    readonly [parameter: Tensor, gradient: Tensor, velocity: Tensor],
    SgdUpdateOptions
  >;
  /** Writes `parameter`, `mean` and `square` (first and second moment). */
  adamUpdate: Signature<
    readonly [parameter: Tensor, gradient: Tensor, mean: Tensor, square: Tensor],
    AdamUpdateOptions
  >;
  /** `target = decay * target + (1 - decay) * source` (EMA of weights); writes `target`. */
  blendUpdate: Signature<readonly [target: Tensor, source: Tensor], { readonly decay: number }>;
  /** `target += source`; writes `target` (the tape adds gradients up with it). */
  accumulateUpdate: Signature<readonly [target: Tensor, source: Tensor], NoOptions>;
}
