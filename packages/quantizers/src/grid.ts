// A grid is what a search over ranges looks for: a step and the code of zero. Everything that turns
// numbers into grids goes through here, so that zero is always exact and every step is a positive,
// normal float32.

import { QuantizerError } from './errors.ts';
import type { Bits } from './types.ts';

/** The codes a grid has: width, sign, and whether zero sits at code 0. */
export interface GridSpec {
  readonly bits: Bits;
  /** Codes from `-2^(bits-1)`, else from 0. */
  readonly signed: boolean;
  /** Leave out the lowest code. */
  readonly narrow: boolean;
  /** Zero point 0; needs `signed`. */
  readonly symmetric: boolean;
}

/** Step and code of zero. */
export interface Grid {
  /** A positive, normal float32 value. */
  readonly scale: number;
  /** A whole code within the code range. */
  readonly zeroPoint: number;
}

const largestFloat = 2 ** 127 * (2 - 2 ** -23);
const smallestNormal = 2 ** -126;

/** Smallest and largest code. */
export function codeRange(spec: Omit<GridSpec, 'symmetric'>): { min: number; max: number } {
  const levels = 2 ** spec.bits;
  const min = spec.signed ? -levels / 2 : 0;
  return { min: spec.narrow ? min + 1 : min, max: spec.signed ? levels / 2 - 1 : levels - 1 };
}

/** The nearest whole number, half to even. */
function roundHalfEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}

/**
 * `scale` as a legal one: float32, normal, and `steps` of it no larger than the largest float32, so
 * that decoding never overflows.
 */
export function legalScale(scale: number, steps: number): number {
  const bounded = Math.fround(Math.min(Math.max(scale, smallestNormal), largestFloat / steps));
  // Rounding to float32 may have gone up by half a unit in the last place.
  const fits = bounded * steps <= largestFloat;
  return fits ? bounded : Math.fround(bounded * (1 - 2 ** -23));
}

/** The grid with this step, as a legal one. */
export function makeGrid(spec: GridSpec, scale: number, zeroPoint: number): Grid {
  const { min, max } = codeRange(spec);
  return { scale: legalScale(scale, Math.max(zeroPoint - min, max - zeroPoint)), zeroPoint };
}

/**
 * Step and code of zero that cover `[low, high]`, stretched to contain 0, before the step is rounded to
 * float32. A range of width 0 gets step 1.
 * @throws QuantizerError for bounds that are not finite or the wrong way round.
 */
export function coverRange(spec: GridSpec, low: number, high: number): Grid {
  if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high)) {
    throw new QuantizerError(`range [${low}, ${high}]: expected two finite numbers in order`);
  }
  const bottom = Math.min(low, 0);
  const top = Math.max(high, 0);
  const { min, max } = codeRange(spec);
  const scale = spec.symmetric ? Math.max(top / max, bottom / min) : (top - bottom) / (max - min);
  const code = spec.symmetric || scale === 0 ? 0 : roundHalfEven(min - bottom / scale);
  return { scale: scale || 1, zeroPoint: Math.min(Math.max(code, min), max) };
}

/**
 * The grid that covers `[low, high]`, stretched to contain 0: padding must be exact, and a zero point
 * is a code.
 * @throws QuantizerError for bounds that are not finite or the wrong way round.
 */
export function gridFromRange(spec: GridSpec, low: number, high: number): Grid {
  const { scale, zeroPoint } = coverRange(spec, low, high);
  return makeGrid(spec, scale, zeroPoint);
}
