/** Which elements of a tensor share a scale and a zero point. */
export type Granularity =
  | { readonly kind: 'perTensor' }
  /** One scale per index of `axis`. */
  | { readonly kind: 'perChannel'; readonly axis: number }
  /** One scale per `size` consecutive elements along `axis` (the last group may be shorter). */
  | { readonly kind: 'perGroup'; readonly axis: number; readonly size: number };

/** Bit widths of a uniform quantizer. */
export type Bits = 2 | 3 | 4 | 5 | 6 | 7 | 8;

/**
 * A uniform affine quantizer with its ranges: plain data, survives `JSON.parse(JSON.stringify())`.
 *
 * `code = clamp(round_half_even(x / scale) + zeroPoint, min, max)`, `x̂ = (code - zeroPoint) * scale`,
 * in float32. Codes run from `-2^(bits-1)` to `2^(bits-1) - 1` when `signed`, else from 0 to
 * `2^bits - 1`; `narrow` leaves out the lowest code. Symmetric signed quantizers have zero point 0.
 */
export interface UniformQuantizer {
  readonly version: 1;
  readonly scheme: 'uniform';
  readonly bits: Bits;
  readonly signed: boolean;
  readonly narrow: boolean;
  readonly granularity: Granularity;
  /**
   * Shape of the scales: `[]` per tensor, `[channels]` per channel, and per group the shape of the
   * tensor with `axis` divided by the group size, rounded up.
   */
  readonly scaleShape: readonly number[];
  /** Positive float32 values, row-major over `scaleShape`. */
  readonly scale: readonly number[];
  /** Whole codes within the code range, row-major over `scaleShape`. */
  readonly zeroPoint: readonly number[];
}

/** Any quantizer; `scheme` tells them apart. */
export type Quantizer = UniformQuantizer;
