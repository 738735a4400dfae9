// Option types of the kernels. Every option is plain data, every option object is complete:
// callers fill defaults, kernels never guess.

import type { DataType } from '@subbyte/tensor';

/** For kernels without options. */
export type NoOptions = Readonly<Record<never, never>>;

/** A function applied to each result element, fused into the kernel that produces it. */
export type Activation =
  | { readonly kind: 'relu' }
  /** `min(max(x, min), max)`; ReLU6 is `{ min: 0, max: 6 }`. */
  | { readonly kind: 'clip'; readonly min: number; readonly max: number }
  /** `x * min(max(x / 6 + 0.5, 0), 1)`. */
  | { readonly kind: 'hardSwish' }
  /** `min(max(alpha * x + beta, 0), 1)`. */
  | { readonly kind: 'hardSigmoid'; readonly alpha: number; readonly beta: number }
  | { readonly kind: 'sigmoid' }
  /** `x * sigmoid(x)`. */
  | { readonly kind: 'silu' }
  | { readonly kind: 'leakyRelu'; readonly alpha: number };

/** Height, width. */
export type Pair = readonly [height: number, width: number];

/** Padding: top, left, bottom, right; never negative for convolutions and pools. */
export type Padding2d = readonly [top: number, left: number, bottom: number, right: number];

/** Options of `conv2d`. */
export interface Conv2dOptions {
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly padding: Padding2d;
  /** Channel groups; input channels for a depthwise convolution. */
  readonly groups: number;
  readonly activation?: Activation | undefined;
}

/** Options of `convTranspose2d`. */
export interface ConvTranspose2dOptions extends Conv2dOptions {
  /** Rows and columns added at the bottom and right of the output. */
  readonly outputPadding: Pair;
}

/** Options of `matmul`. */
export interface MatmulOptions {
  /** Read the last two axes of `a` swapped. */
  readonly transposeA: boolean;
  /** Read the last two axes of `b` swapped. */
  readonly transposeB: boolean;
  readonly activation?: Activation | undefined;
}

/** Options of the pooling kernels. */
export interface Pool2dOptions {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly padding: Padding2d;
  /** Round the output size up instead of down. */
  readonly ceil: boolean;
}

/** Options of `averagePool2d`. */
export interface AveragePool2dOptions extends Pool2dOptions {
  /** Divide by the whole window, padding included. */
  readonly countPadding: boolean;
}

/** Options of `maxPool2dIndices`. */
export interface MaxPool2dIndicesOptions extends Pool2dOptions {
  /** Count flat positions column by column within a plane (ONNX `storage_order` 1). */
  readonly columnMajor: boolean;
}

/** Options of the reductions. */
export interface ReduceOptions {
  /** Non-negative, ascending, distinct; empty: nothing is reduced. */
  readonly axes: readonly number[];
  /** Leave the reduced axes in place with size 1. */
  readonly keepAxes: boolean;
}

/** Options of `argMax` and `argMin`. */
export interface ArgOptions {
  readonly axis: number;
  readonly keepAxes: boolean;
  /** Of equal elements take the last. */
  readonly selectLast: boolean;
}

/** Options of the kernels that work along one axis (non-negative). */
export interface AxisOptions {
  readonly axis: number;
}

/** Options of `layerNorm`. */
export interface LayerNormOptions {
  /** First normalised axis; all axes from here on are normalised together. */
  readonly axis: number;
  readonly epsilon: number;
}

/** Options of `batchNorm` and `instanceNorm`. */
export interface NormOptions {
  readonly epsilon: number;
}

/** Options of the kernels with one slope. */
export interface AlphaOptions {
  readonly alpha: number;
}

/** Options of `selu`: `gamma * (x > 0 ? x : alpha * (exp(x) - 1))`. */
export interface SeluOptions {
  readonly alpha: number;
  readonly gamma: number;
}

/** Options of `hardSigmoid`: `min(max(alpha * x + beta, 0), 1)`. */
export interface HardSigmoidOptions {
  readonly alpha: number;
  readonly beta: number;
}

/** Options of `clip`. */
export interface ClipOptions {
  readonly min: number;
  readonly max: number;
}

/** Options of `gelu`. */
export interface GeluOptions {
  /** Use the tanh approximation. */
  readonly approximate: boolean;
}

/** Options of `mod`. */
export interface ModOptions {
  /** Sign follows the dividend, as C's `fmod`; otherwise the divisor, as Python's `%`. */
  readonly truncated: boolean;
}

/** Options of `bitShift`. */
export interface BitShiftOptions {
  readonly direction: 'left' | 'right';
}

/** Options of `transpose`. */
export interface TransposeOptions {
  /** Result axis `i` is input axis `permutation[i]`. */
  readonly permutation: readonly number[];
}

/** Options of `pad`. */
export interface PadOptions {
  readonly mode: 'constant' | 'reflect' | 'edge' | 'wrap';
  /** Elements added (negative: removed) before each axis; one entry per axis. */
  readonly before: readonly number[];
  /** Elements added (negative: removed) after each axis; one entry per axis. */
  readonly after: readonly number[];
  /** Fill of mode `constant`. */
  readonly value: number;
}

/** Options of `slice`; one entry per axis, already clamped to the shape. */
export interface SliceOptions {
  /** First index along each axis. */
  readonly starts: readonly number[];
  /** Number of elements taken along each axis. */
  readonly sizes: readonly number[];
  /** Step along each axis; may be negative, never 0. */
  readonly steps: readonly number[];
}

/** Options of the kernels that make a given shape. */
export interface ShapeOptions {
  readonly shape: readonly number[];
}

/** Options of `tile`. */
export interface TileOptions {
  /** Repetitions per axis. */
  readonly repeats: readonly number[];
}

/** Options of `cast`. */
export interface CastOptions {
  readonly dtype: DataType;
}

/** Options of `depthToSpace` and `spaceToDepth`. */
export interface DepthToSpaceOptions {
  readonly blockSize: number;
  /** `dcr`: depth, column, row; `crd`: column, row, depth (ONNX `mode`). */
  readonly mode: 'dcr' | 'crd';
}

/** Options of `resize`, in the terms of ONNX Resize. */
export interface ResizeOptions {
  /** Output shape, all axes. */
  readonly shape: readonly number[];
  /** Output size divided by input size per axis, as the coordinate transform uses it. */
  readonly scales: readonly number[];
  readonly mode: 'nearest' | 'linear' | 'cubic';
  readonly coordinates:
    | 'half_pixel'
    | 'half_pixel_symmetric'
    | 'pytorch_half_pixel'
    | 'align_corners'
    | 'asymmetric';
  readonly nearest: 'round_prefer_floor' | 'round_prefer_ceil' | 'floor' | 'ceil';
  readonly cubicCoefficient: number;
  /** Cubic: renormalise weights that fall outside the image. */
  readonly excludeOutside: boolean;
}

/**
 * How scales and zero points cover a tensor.
 * Both have rank 1 and `axisSize` elements (`perChannel`), rank 0 or one element (`perTensor`),
 * or the rank of the tensor with `axis` divided by `groupSize`, rounded up (`perGroup`).
 */
export interface GridOptions {
  /** Channel or group axis; ignored when there is one scale. */
  readonly axis: number;
  /** Elements along `axis` that share a scale; 0: one scale per index of `axis`. */
  readonly groupSize: number;
}

/** Options of `quantizeLinear`. */
export interface QuantizeLinearOptions extends GridOptions {
  readonly dtype: 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32';
  /** Smallest code, for example 0 or -8. */
  readonly min: number;
  /** Largest code, for example 15 or 7. */
  readonly max: number;
}

/** Options of `fakeQuantizeUniform`. */
export interface FakeQuantizeUniformOptions extends GridOptions {
  /** Smallest code. */
  readonly min: number;
  /** Largest code. */
  readonly max: number;
}
