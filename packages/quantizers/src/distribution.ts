// What the range searches look at: sorted values with weights. A small tensor is its own
// distribution, exactly; a long stream is the histogram it was counted into.

import { QuantizerError } from './errors.ts';

/** Sorted values and how often each occurs; zeros are counted apart, every grid holds them. */
export interface Distribution {
  /** Ascending, finite, none of them 0. */
  readonly values: Float64Array;
  /** One positive weight per value. */
  readonly weights: Float64Array;
  /** Number of exact zeros. */
  readonly zeros: number;
  /** Smallest value, exact (0 when there are only zeros). */
  readonly min: number;
  /** Largest value, exact. */
  readonly max: number;
  /** Width of the bins the values were counted in; 0 when they are exact. */
  readonly resolution: number;
}

/**
 * The exact distribution of `values`.
 * @throws QuantizerError for NaN, infinities and no values at all.
 */
export function distributionOf(values: Float32Array): Distribution {
  const sorted = Float64Array.from(values).sort();
  const min = sorted[0];
  const max = sorted.at(-1); // NaN sorts last
  if (min === undefined || max === undefined) {
    throw new QuantizerError('a range of no values: expected at least one');
  }
  if (!Number.isFinite(min) || !Number.isFinite(max)) {
    const index = values.findIndex((value) => !Number.isFinite(value));
    throw new QuantizerError(`value ${values[index]} at ${index}: expected finite numbers`);
  }
  const nonZero = sorted.filter((value) => value !== 0);
  return {
    values: nonZero,
    weights: new Float64Array(nonZero.length).fill(1),
    zeros: sorted.length - nonZero.length,
    min,
    max,
    resolution: 0,
  };
}

/** Number of elements, zeros included. */
function totalOf({ weights, zeros }: Distribution): number {
  return weights.reduce((sum, weight) => sum + weight, zeros);
}

/** The value below which a `fraction` of the elements lie, linear between neighbours. */
export function quantile(distribution: Distribution, fraction: number): number {
  const { values, weights, zeros, min, max } = distribution;
  if (fraction <= 0) return min;
  if (fraction >= 1) return max;
  // Elements are numbered from 0; each entry covers the numbers `seen` to `seen + weight - 1`.
  const target = fraction * (totalOf(distribution) - 1);
  const firstPositive = values.findIndex((value) => value > 0);
  const zeroAt = firstPositive < 0 ? values.length : firstPositive;
  let seen = 0;
  let previous = min;
  for (let i = 0; i <= values.length; i++) {
    const entries: [number, number][] = i === zeroAt && zeros > 0 ? [[0, zeros]] : [];
    if (i < values.length) entries.push([values[i] as number, weights[i] as number]);
    for (const [value, weight] of entries) {
      if (target < seen) return previous + (value - previous) * (target - seen + 1);
      if (target <= seen + weight - 1) return value;
      seen += weight;
      previous = value;
    }
  }
  return max;
}
