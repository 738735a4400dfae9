// The kernels that compiled models run on codes. Images are `[N, H, W, C]`: a dot product then finds its operands side
// by side. Weights are int8 differences from their zero point, so 2- to 7-bit grids with any zero point and symmetric
// 8-bit grids all fit. Every sum is exact in int32 (beyond it wraps), every other step is rounded to float32, so
// backends, engines and thread counts all give the same bits.

import type { Tensor } from '@subbyte/tensor';
import type { Padding2d, Pair, Pool2dOptions } from './options.ts';
import type { PackedSignatures } from './packed-table.ts';
import type { Signature } from './table.ts';

/** What integer kernels give: codes of a grid, or float32 values. */
export interface IntegerOutput {
  readonly dtype: 'int8' | 'uint8' | 'float32';
  /** Code of zero; 0 for float32. */
  readonly zeroPoint: number;
  /** Smallest code, or smallest value for float32: activations that only bound are in here. */
  readonly min: number;
  /** Largest code, or largest value for float32. */
  readonly max: number;
}

/** A grid of codes. */
export interface CodeGrid {
  /** Float32. */
  readonly scale: number;
  readonly zeroPoint: number;
}

/** A grid that values are put on between two operations. */
export interface BoundedGrid extends CodeGrid {
  readonly min: number;
  readonly max: number;
}

/** How codes are added to a product before its result is put on its grid. */
export interface ResidualOptions {
  /** Grid of the codes added. */
  readonly grid: CodeGrid;
  /** Grid that the product is put on first; absent: it is added as it is. */
  readonly own?: BoundedGrid | undefined;
  /** Step of the result's grid; 1 for float32. */
  readonly step: number;
}

/**
 * What follows an integer sum `s` of output channel `o`, float32 after each step:
 *
 * - `f = float32(s + bias[o]) * multiplier[o]`;
 * - with offsets `d`, whose rows belong to grids that are not centred on 0: `f + float32(sum of x) * d[0][o]`, then plus
 *   `float32(sum of w) * d[1][o] + float32(number of products) * d[2][o] + d[3][o]`. All sums are over the operands
 *   inside the image, those of x less `inputZero` (RTN, arXiv 1912.02057, section 3.4: the product of `a + p` and `w + q`);
 * - with a residual code `r`: `f` is put on `own` if there is one (`(code - zeroPoint) * scale` of the code
 *   that `quantizeLinear` gives, without dividing), then
 *   `f = (f + (r - grid.zeroPoint) * grid.scale) / step`;
 * - codes: `clamp(roundHalfEven(f) + zeroPoint, min, max)`; float32: `clamp(f, min, max)`.
 *
 * So `multiplier` is `inputScale * weightScale[o]` divided by the step of the grid that comes next, if one does.
 */
export interface IntegerEpilogueOptions {
  /** Code of zero of `x`. */
  readonly inputZero: number;
  /**
   * Smallest and largest code of `x`, if the caller knows them: fewer bits, other algorithms. Codes outside give undefined
   * results. Default: those of the data type.
   */
  readonly inputRange?: readonly [min: number, max: number] | undefined;
  /**
   * Which of `Backend.algorithms` computes it. The results are the same bytes. Default, and where the backend
   * does not know the name: what it takes for the fastest.
   */
  readonly algorithm?: string | undefined;
  readonly output: IntegerOutput;
  /** There if and only if a residual operand is. */
  readonly residual?: ResidualOptions | undefined;
}

/** Options of `integerConv2d`. */
export interface IntegerConv2dOptions extends IntegerEpilogueOptions {
  readonly strides: Pair;
  readonly dilations: Pair;
  /** Filled with `inputZero`. */
  readonly padding: Padding2d;
  readonly groups: number;
}

/** Operands after `x`: int8 weights, int32 bias `[O]`, float32 multiplier `[O]`, codes to add, float32 offsets `[4, O]`. */
type ProductOperands = readonly [
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  multiplier: Tensor,
  residual?: Tensor | undefined,
  offsets?: Tensor | undefined,
];

/** Every integer kernel with its operands and options. */
export interface IntegerSignatures extends PackedSignatures {
  /** Codes `[N, H, W, C]` with weight `[O, C / groups, kH, kW]` to `[N, H', W', O]`. */
  integerConv2d: Signature<ProductOperands, IntegerConv2dOptions>;
  /** Codes `[..., K]` with weight `[O, K]` to `[..., O]`. */
  integerMatmul: Signature<ProductOperands, IntegerEpilogueOptions>;
  /** The largest code under each window of `[N, H, W, C]`; windows in padding only give the type's smallest. */
  integerMaxPool2d: Signature<readonly [x: Tensor], Pool2dOptions>;
  /** Codes of any shape, each replaced by its entry of `table` `[256]`, whose first belongs to the smallest code of `x`'s type. */
  integerLookup: Signature<readonly [x: Tensor, table: Tensor]>;
}
