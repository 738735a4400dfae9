// The scale, and where wanted the offset, with which a codebook fits values best. Squared errors of
// all values in a cell follow from their number, sum and sum of squares, so that running sums make
// a candidate cost as much as the codebook has levels, whatever the number of values.

import type { Codebook } from './codebook.ts';
import type { Distribution } from './distribution.ts';
import { legalScale } from './grid.ts';
import { midpointsOf } from './level-codes.ts';

/** Scale and offset of a codebook. */
export interface LevelFit {
  /** A positive, normal float32 value. */
  readonly scale: number;
  /** A finite float32 value. */
  readonly offset: number;
}

const candidates = 100;
const mostRefinements = 32;

/** The legal scale at which the largest level is `threshold`; 1 for thresholds of 0 and below. */
export function scaleFor({ levels, min }: Codebook, threshold: number): number {
  const largest = Math.max(levels.at(-1) as number, min < 0 ? -(levels[0] as number) : 0);
  return threshold > 0 ? legalScale(threshold / largest, largest) : 1;
}

/** The largest magnitude that the codebook can reach. */
export function reachOf(codebook: Codebook, { min, max }: Distribution): number {
  return codebook.min < 0 ? Math.max(max, -min) : Math.max(max, 0);
}

/** Running sums over ascending values, zeros among them. */
function runningSums({ values, weights, zeros }: Distribution) {
  const positive = values.findIndex((value) => value > 0);
  const zeroAt = positive < 0 ? values.length : positive;
  const count = values.length + 1;
  const x = new Float64Array(count);
  const sums = [0, 1, 2].map(() => new Float64Array(count + 1));
  for (let i = 0; i < count; i++) {
    const from = i > zeroAt ? i - 1 : i;
    const value = i === zeroAt ? 0 : (values[from] as number);
    const weight = i === zeroAt ? zeros : (weights[from] as number);
    x[i] = value;
    for (const [power, sum] of sums.entries()) {
      sum[i + 1] = (sum[i] as number) + weight * value ** power;
    }
  }
  const [n, first, second] = sums as [Float64Array, Float64Array, Float64Array];
  return { x, n, first, second };
}

type Sums = ReturnType<typeof runningSums>;

/** Number of values not above `bound`. */
function countUpTo(x: Float64Array, bound: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((x[middle] as number) <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The squared error of a fit, and the least-squares fit to the same codes. */
function judge(
  sums: Sums,
  levels: Int16Array,
  midpoints: Float64Array,
  { scale, offset }: LevelFit,
  moveOffset: boolean,
): { error: number; better: LevelFit } {
  const { x, n, first, second } = sums;
  let [error, lx, ll, l] = [0, 0, 0, 0];
  let from = 0;
  for (let place = 0; place < levels.length; place++) {
    const bound = midpoints[place];
    const to = bound === undefined ? x.length : countUpTo(x, bound * scale + offset);
    const level = levels[place] as number;
    const value = level * scale + offset;
    const count = (n[to] as number) - (n[from] as number);
    const sum = (first[to] as number) - (first[from] as number);
    error += (second[to] as number) - (second[from] as number) - 2 * value * sum;
    error += value * value * count;
    lx += level * sum;
    ll += level * level * count;
    l += level * count;
    from = to;
  }
  const [total, all] = [n.at(-1) as number, first.at(-1) as number];
  const determinant = ll * total - l * l;
  const solved = moveOffset && determinant > 0;
  const better = solved
    ? { scale: (lx * total - l * all) / determinant, offset: (ll * all - l * lx) / determinant }
    : { scale: ll > 0 ? lx / ll : scale, offset };
  return { error, better };
}

/**
 * The fit of least squared error: the best of 100 scales from the widest one down, then scale (and
 * offset) by least squares on the codes and codes by the new fit, in turns, while that helps (Lloyd 1982).
 * Without `offset` it is 0; with it, starts are made at 0 and at the mean.
 */
export function searchLevels(
  distribution: Distribution,
  codebook: Codebook,
  options: { readonly offset: boolean },
): LevelFit {
  const sums = runningSums(distribution);
  const { levels } = codebook;
  const midpoints = midpointsOf(codebook);
  const largest = levels.at(-1) as number;
  const legal = ({ scale, offset }: LevelFit): LevelFit => {
    const rounded = Math.fround(offset);
    const kept = legalScale(scale, largest);
    const fits = Number.isFinite(Math.fround(largest * kept + Math.abs(rounded)));
    return { scale: kept, offset: fits ? rounded : 0 };
  };
  const mean = (sums.first.at(-1) as number) / (sums.n.at(-1) as number);
  const starts = options.offset && mean !== 0 ? [0, mean] : [0];
  let best: LevelFit = { scale: scaleFor(codebook, reachOf(codebook, distribution)), offset: 0 };
  let least = Number.POSITIVE_INFINITY;
  const consider = (given: LevelFit): LevelFit | undefined => {
    if (!(given.scale > 0)) return undefined;
    const fit = legal(given);
    const { error, better } = judge(sums, levels, midpoints, fit, options.offset);
    if (!(error < least)) return undefined;
    least = error;
    best = fit;
    return better;
  };
  for (const offset of starts) {
    const { min, max } = distribution;
    const reach = reachOf(codebook, { ...distribution, min: min - offset, max: max - offset });
    for (let i = candidates; i > 0; i--) {
      consider({ scale: scaleFor(codebook, (reach * i) / candidates), offset });
    }
  }
  let next = judge(sums, levels, midpoints, best, options.offset).better;
  for (let i = 0; i < mostRefinements; i++) {
    const better = consider(next);
    if (!better) break;
    next = better;
  }
  return best;
}
