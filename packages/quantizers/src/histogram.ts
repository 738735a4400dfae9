import type { Tensor } from '@subbyte/tensor';
import type { Distribution } from './distribution.ts';
import { QuantizerError } from './errors.ts';

/**
 * A histogram of a stream of values in fixed memory. Bins are `2^exponent` wide and start at whole
 * multiples of that, so when the range grows neighbours merge in pairs without splitting a count:
 * the result does not depend on the order or the batches in which values came.
 */
export interface Histogram {
  /** Most bins it may use. */
  readonly capacity: number;
  /** Bins are `2 ** exponent` wide. */
  exponent: number;
  /** Bin `i` covers `[(first + i) * width, (first + i + 1) * width)`. */
  first: number;
  /** Values per bin, exact zeros excluded. */
  counts: Float64Array;
  /** Sum of the values per bin. */
  sums: Float64Array;
  zeros: number;
  /** Number of values, zeros included. */
  total: number;
  min: number;
  max: number;
}

/**
 * An empty histogram. The bins in use are never wider than `2 * (max - min) / (capacity - 2)`, which
 * bounds the error of every statistic taken from it; 4096 bins keep it below 1/2000 of the range.
 */
export function newHistogram(capacity = 4096): Histogram {
  if (!Number.isInteger(capacity) || capacity < 16 || capacity > 2 ** 20) {
    throw new QuantizerError(`${capacity} bins: expected a whole number from 16 to 1048576`);
  }
  return {
    capacity,
    exponent: -1100,
    first: 0,
    counts: new Float64Array(capacity),
    sums: new Float64Array(capacity),
    zeros: 0,
    total: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
  };
}

function smallestExponent(low: number, high: number, capacity: number): number {
  const start = Math.floor(Math.log2((high - low) / capacity)) - 1;
  for (let exponent = Math.max(start, -1021); ; exponent++) {
    const width = 2 ** exponent;
    if (Math.floor(high / width) - Math.floor(low / width) < capacity) return exponent;
  }
}

/** Widens the bins and moves the window so that `[low, high]` fits. */
function fit(histogram: Histogram, low: number, high: number): void {
  const { capacity } = histogram;
  const exponent = Math.max(smallestExponent(low, high, capacity), histogram.exponent);
  const first = Math.floor(low / 2 ** exponent);
  if (exponent === histogram.exponent && first === histogram.first) return;
  const counts = new Float64Array(capacity);
  const sums = new Float64Array(capacity);
  const shrink = 2 ** Math.min(exponent - histogram.exponent, 1023);
  for (let i = 0; i < capacity; i++) {
    const count = histogram.counts[i] as number;
    if (count === 0) continue;
    const bin = Math.floor((histogram.first + i) / shrink) - first;
    counts[bin] = (counts[bin] as number) + count;
    sums[bin] = (sums[bin] as number) + (histogram.sums[i] as number);
  }
  Object.assign(histogram, { exponent, first, counts, sums });
}

/**
 * Counts the elements of `input` in.
 * @throws QuantizerError for NaN and infinities, before anything is counted.
 */
export function addToHistogram(histogram: Histogram, input: Tensor<'float32'>): void {
  const data = input.data;
  let { min, max } = histogram;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value - value !== 0) {
      throw new QuantizerError(`value ${value} at ${i}: expected finite numbers`);
    }
  }
  if (data.length === 0) return;
  if (min < histogram.min || max > histogram.max) {
    // + 0: the order of values must not decide between 0 and -0.
    histogram.min = min + 0;
    histogram.max = max + 0;
    if (min !== max || min !== 0) fit(histogram, Math.min(min, 0), Math.max(max, 0));
  }
  const { counts, sums, first } = histogram;
  const perWidth = 2 ** -Math.max(histogram.exponent, -1022);
  let zeros = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value === 0) {
      zeros++;
      continue;
    }
    const bin = Math.floor(value * perWidth) - first;
    counts[bin] = (counts[bin] as number) + 1;
    sums[bin] = (sums[bin] as number) + value;
  }
  histogram.zeros += zeros;
  histogram.total += data.length;
}

/**
 * The histogram as a distribution: one value per bin in use, the mean of what fell into it.
 * @throws QuantizerError when nothing was counted.
 */
export function histogramDistribution(histogram: Histogram): Distribution {
  const { counts, sums, zeros, min, max, total, exponent } = histogram;
  if (total === 0) throw new QuantizerError('a range of no values: expected at least one');
  const used = counts.reduce((bins, count) => (count > 0 ? bins + 1 : bins), 0);
  const values = new Float64Array(used);
  const weights = new Float64Array(used);
  let next = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    if (count === 0) continue;
    values[next] = (sums[i] as number) / count;
    weights[next++] = count;
  }
  return { values, weights, zeros, min, max, resolution: 2 ** exponent };
}

/** Counts in equal bins from `min` to `max`, for people to look at. */
export interface HistogramSummary {
  readonly min: number;
  readonly max: number;
  readonly counts: readonly number[];
}

/** The histogram in `bins` equal bins from its smallest to its largest value, zeros included. */
export function summarizeHistogram(histogram: Histogram, bins = 96): HistogramSummary {
  const { values, weights, zeros, min, max } = histogramDistribution(histogram);
  const counts = new Array<number>(bins).fill(0);
  const add = (value: number, weight: number): void => {
    const place = max > min ? Math.floor(((value - min) / (max - min)) * bins) : 0;
    const bin = Math.min(place, bins - 1);
    counts[bin] = (counts[bin] as number) + weight;
  };
  for (let i = 0; i < values.length; i++) add(values[i] as number, weights[i] as number);
  if (zeros > 0) add(0, zeros);
  return { min, max, counts };
}
