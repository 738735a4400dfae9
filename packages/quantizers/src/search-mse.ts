// Ranges by least error (BRECQ and QDrop flavours). Both look at grids whose step is a fraction of
// the min-max step; they differ in the fractions and in whether the code of zero moves too.
//
// The error of a grid splits into rounding error inside its window and the tails outside. The tails
// only grow when the window shrinks or slides away, so a search that computes them first may stop
// as soon as a tail alone is worse than the best grid so far: same answer, a fraction of the work.

import type { Distribution } from './distribution.ts';
import { codeRange, coverRange, type Grid, type GridSpec, makeGrid } from './grid.ts';

/** How `mse` looks for a range. */
export interface MseSearch {
  /**
   * `shrink`: 80 candidates, both ends shrink together down to 21 % (BRECQ). `window`: 100 steps; where
   * values have both signs and the grid is asymmetric, every zero point too (QDrop).
   */
  readonly search: 'shrink' | 'window';
  /** The error is the mean of `|x - x̂| ^ power`; 2.4 in the papers' code. */
  readonly power: number;
}

const fractions: { readonly [S in MseSearch['search']]: readonly number[] } = {
  shrink: Array.from({ length: 80 }, (_, i) => 1 - 0.01 * i),
  window: Array.from({ length: 100 }, (_, i) => (100 - i) / 100),
};

const tableSize = 4096;
const tables = new Map<number, Float64Array>();

/** `u ^ power` for u in [0, 0.5], to interpolate in: rounding errors are raised millions of times. */
function powerTable(power: number): Float64Array {
  const known = tables.get(power);
  if (known) return known;
  const table = Float64Array.from(
    { length: tableSize + 2 },
    (_, i) => ((i / tableSize) * 0.5) ** power,
  );
  tables.set(power, table);
  return table;
}

/** First index whose value is not below `bound`. */
function lowerBound(values: Float64Array, bound: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Errors of grids over one distribution, as sums over all elements. */
function errorsOver({ values, weights }: Distribution, power: number) {
  const table = powerTable(power);
  const tail = (from: number, to: number, edge: number): number => {
    let sum = 0;
    for (let i = from; i < to; i++) {
      sum += (weights[i] as number) * Math.abs((values[i] as number) - edge) ** power;
    }
    return sum;
  };
  return {
    /** Of the values below the lowest grid point. */
    below: (edge: number): number => tail(0, lowerBound(values, edge), edge),
    /** Of the values above the highest grid point. */
    above: (edge: number): number => tail(lowerBound(values, edge), values.length, edge),
    /** Rounding errors of all values on the endless grid of step `scale`, as running sums. */
    rounding: (scale: number, from: number, to: number, running?: Float64Array): number => {
      const perStep = 1 / scale;
      let sum = 0;
      for (let i = from; i < to; i++) {
        const steps = (values[i] as number) * perStep;
        const place = Math.abs(steps - Math.floor(steps + 0.5)) * (2 * tableSize);
        const cell = Math.floor(place);
        const low = table[cell] as number;
        const error = low + (place - cell) * ((table[cell + 1] as number) - low);
        sum += (weights[i] as number) * error;
        if (running) running[i + 1] = sum;
      }
      return sum * scale ** power;
    },
    index: (edge: number): number => lowerBound(values, edge),
  };
}

/** The grid of least error among scaled versions of the min-max grid. */
function searchScale(distribution: Distribution, spec: GridSpec, options: MseSearch): Grid {
  const base = coverRange(spec, distribution.min, distribution.max);
  const { min, max } = codeRange(spec);
  const errors = errorsOver(distribution, options.power);
  let best = makeGrid(spec, base.scale, base.zeroPoint);
  let least = Number.POSITIVE_INFINITY;
  for (const fraction of fractions[options.search]) {
    const grid = makeGrid(spec, base.scale * fraction, base.zeroPoint);
    const low = (min - grid.zeroPoint) * grid.scale;
    const high = (max - grid.zeroPoint) * grid.scale;
    const tails = errors.below(low) + errors.above(high);
    if (tails >= least) break; // smaller windows have larger tails
    const error = tails + errors.rounding(grid.scale, errors.index(low), errors.index(high));
    if (error < least) {
      least = error;
      best = grid;
    }
  }
  return best;
}

/** The grid of least error over all steps and all zero points. */
function searchScaleAndZero(distribution: Distribution, spec: GridSpec, options: MseSearch): Grid {
  const base = coverRange(spec, distribution.min, distribution.max);
  const { min, max } = codeRange(spec);
  const errors = errorsOver(distribution, options.power);
  const running = new Float64Array(distribution.values.length + 1);
  let best = makeGrid(spec, base.scale, base.zeroPoint);
  let least = Number.POSITIVE_INFINITY;
  for (const fraction of fractions[options.search]) {
    const { scale } = makeGrid(spec, base.scale * fraction, base.zeroPoint);
    const unit = scale ** options.power;
    errors.rounding(scale, 0, distribution.values.length, running);
    const start = best.zeroPoint;
    for (const direction of [1, -1]) {
      const first = direction === 1 ? start : start - 1;
      for (let zeroPoint = first; zeroPoint >= min && zeroPoint <= max; zeroPoint += direction) {
        const low = (min - zeroPoint) * scale;
        const high = (max - zeroPoint) * scale;
        const below = errors.below(low);
        const above = errors.above(high);
        // Going on in this direction, this tail only grows.
        if ((direction === 1 ? above : below) >= least) break;
        const inside =
          (running[errors.index(high)] as number) - (running[errors.index(low)] as number);
        const error = below + above + inside * unit;
        if (error < least) {
          least = error;
          best = makeGrid(spec, scale, zeroPoint);
        }
      }
    }
  }
  return best;
}

/**
 * The grid with the least mean `|x - x̂| ^ power` (BRECQ `init_quantization_scale`, 80 candidates;
 * QDrop `MSEObserver`, 100 candidates and all zero points). Zero is always in the window.
 */
export function searchMse(distribution: Distribution, spec: GridSpec, options: MseSearch): Grid {
  const twoSided = distribution.min < 0 && distribution.max > 0;
  const moveZero = options.search === 'window' && twoSided && !spec.symmetric;
  return (moveZero ? searchScaleAndZero : searchScale)(distribution, spec, options);
}
