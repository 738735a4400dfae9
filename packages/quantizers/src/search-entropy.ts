import type { Distribution } from './distribution.ts';
import { codeRange, type Grid, type GridSpec, gridFromRange } from './grid.ts';

/** Windows tried: fractions of the longer side. */
const candidates = 128;

/** Share of a level's mass that an empty reference bin is taken to have, instead of 0. */
const smoothing = 1e-4;

/**
 * Kullback-Leibler divergence between the values, clipped into `[low, high]`, and the same values
 * (without the clipped ones) spread evenly over the bins in use of each level.
 */
function divergence(distribution: Distribution, grid: Grid, low: number, high: number): number {
  const { values, weights } = distribution;
  let from = 0;
  while (from < values.length && (values[from] as number) < low) from++;
  let to = values.length;
  while (to > from && (values[to - 1] as number) > high) to--;
  if (from === to) return Number.POSITIVE_INFINITY;
  let under = 0;
  for (let i = 0; i < from; i++) under += weights[i] as number;
  let over = 0;
  for (let i = to; i < values.length; i++) over += weights[i] as number;

  const kept = weights.subarray(from, to);
  const inside = kept.reduce((a, b) => a + b, 0);
  const all = inside + under + over;
  let sum = 0;
  let start = from;
  while (start < to) {
    const level = Math.round((values[start] as number) / grid.scale);
    let end = start;
    let mass = 0;
    while (end < to && Math.round((values[end] as number) / grid.scale) === level) {
      mass += weights[end++] as number;
    }
    const q = mass / (end - start) / inside;
    for (let i = start; i < end; i++) {
      let p = weights[i] as number;
      if (i === from) p += under;
      if (i === to - 1) p += over;
      sum += (p / all) * Math.log(p / all / Math.max(q, smoothing / inside));
    }
    start = end;
  }
  return sum;
}

/**
 * The grid whose levels tell least about the values they hide: least Kullback-Leibler divergence,
 * after TensorRT's calibration (Migacz, GTC 2017). The window is `[-t, t]` cut to the range of the
 * values, so a one-sided range loses only its long end, and the short side of a lopsided range is cut
 * last. Exact zeros are on every grid and do not count.
 */
export function searchEntropy(distribution: Distribution, spec: GridSpec): Grid {
  const { min, max } = distribution;
  const { min: minCode, max: maxCode } = codeRange(spec);
  const reach = Math.max(-min, max);
  let best = gridFromRange(spec, min, max);
  let least = Number.POSITIVE_INFINITY;
  for (let i = candidates; i > 0; i--) {
    const threshold = (reach * i) / candidates;
    const low = Math.max(Math.min(min, 0), -threshold);
    const high = Math.min(Math.max(max, 0), threshold);
    const grid = gridFromRange(spec, low, high);
    // Below one bin a level, every level looks perfect.
    if ((high - low) / (maxCode - minCode) < distribution.resolution) break;
    const distance = divergence(distribution, grid, low, high);
    if (distance < least) {
      least = distance;
      best = grid;
    }
  }
  return best;
}
