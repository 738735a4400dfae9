/** Which elements of a tensor share a scale and a zero point. */
export type Granularity =
  | { readonly kind: 'perTensor' }
  /** One scale per index of `axis`. */
  | { readonly kind: 'perChannel'; readonly axis: number }
  /** One scale per `size` consecutive elements along `axis` (the last group may be shorter). */
  | { readonly kind: 'perGroup'; readonly axis: number; readonly size: number };

/** Bit widths of a quantizer; a single bit has codes 0 and 1, or -1 and 0. */
export type Bits = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Which elements share which scale. */
export interface Scales {
  readonly granularity: Granularity;
  /**
   * Shape of the scales: `[]` per tensor, `[channels]` per channel, and per group the shape of the
   * tensor with `axis` divided by the group size, rounded up.
   */
  readonly scaleShape: readonly number[];
  /** Positive float32 values, row-major over `scaleShape`. */
  readonly scale: readonly number[];
}

/**
 * A uniform affine quantizer with its ranges: plain data, survives `JSON.parse(JSON.stringify())`.
 *
 * `code = clamp(round_half_even(x / scale) + zeroPoint, min, max)`, `x̂ = (code - zeroPoint) * scale`,
 * in float32. Codes run from `-2^(bits-1)` to `2^(bits-1) - 1` when `signed`, else from 0 to
 * `2^bits - 1`; `narrow` leaves out the lowest code. Symmetric signed quantizers have zero point 0.
 */
export interface UniformQuantizer extends Scales {
  readonly version: 1;
  readonly scheme: 'uniform';
  readonly bits: Bits;
  readonly signed: boolean;
  readonly narrow: boolean;
  /** Whole codes within the code range, row-major over `scaleShape`. */
  readonly zeroPoint: readonly number[];
}

/**
 * Additive powers of two (APoT, arXiv 1909.13144, section 2): every level is a sum of powers of two,
 * dense around 0. Plain data.
 *
 * With the whole numbers `n[0] = 0 < n[1] < …` of `apotGrid`, `x̂ = ±n[|code|] * scale` in float32, where
 * `code` is the level nearest to `x / scale`, on a tie the one nearer to 0. Codes run from
 * `-(2^(bits-1) - 1)` to `2^(bits-1) - 1` when `signed` (a sign and a magnitude of `bits - 1` bits),
 * else from 0 to `2^bits - 1`. The clipping threshold α is the largest level times `scale`.
 */
export interface ApotQuantizer extends Scales {
  readonly version: 1;
  readonly scheme: 'apot';
  readonly bits: Bits;
  readonly signed: boolean;
  /** Bits that choose one power of two of the sum, k in the paper; 1 gives uniform levels. */
  readonly termBits: number;
}

/**
 * Ternary codes with scale γ and offset β (RTN, arXiv 1912.02057): plain data.
 *
 * `code` is 1 where `(x - offset) / scale > 0.5`, -1 where it is below -0.5, else 0;
 * `x̂ = code * scale + offset`, in float32.
 */
export interface TernaryQuantizer extends Scales {
  readonly version: 1;
  readonly scheme: 'ternary';
  readonly bits: 2;
  /** Finite float32 values, row-major over `scaleShape`. */
  readonly offset: readonly number[];
}

/** A quantizer whose levels are not evenly spaced, or not around a code of zero. */
export type LevelQuantizer = ApotQuantizer | TernaryQuantizer;

/** Any quantizer; `scheme` tells them apart. */
export type Quantizer = UniformQuantizer | LevelQuantizer;

/** Name of a family of quantizers. */
export type Scheme = Quantizer['scheme'];
