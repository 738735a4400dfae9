import { type Distribution, quantile } from './distribution.ts';
import { QuantizerError } from './errors.ts';
import { type Grid, type GridSpec, gridFromRange } from './grid.ts';
import { searchEntropy } from './search-entropy.ts';
import { type MseSearch, searchMse } from './search-mse.ts';

/** How the range of a grid is chosen from the values it must cover. */
export type RangeMethod =
  /** From the smallest to the largest value. */
  | { readonly kind: 'minMax' }
  /** Leaves out `100 - percentile` percent of the elements in all, half of them at each end. */
  | { readonly kind: 'percentile'; readonly percentile: number }
  /** Least Kullback-Leibler divergence. */
  | { readonly kind: 'entropy' }
  /** Least mean error. */
  | ({ readonly kind: 'mse' } & MseSearch);

/** A method by name, with its defaults, or in full. */
export type RangeOption = RangeMethod['kind'] | RangeMethod;

const defaults: { readonly [K in RangeMethod['kind']]: Extract<RangeMethod, { kind: K }> } = {
  minMax: { kind: 'minMax' },
  percentile: { kind: 'percentile', percentile: 99.99 },
  entropy: { kind: 'entropy' },
  mse: { kind: 'mse', search: 'window', power: 2.4 },
};

/** The names of the range methods. */
export const rangeMethods: readonly RangeMethod['kind'][] = Object.keys(
  defaults,
) as RangeMethod['kind'][];

const searches: {
  readonly [K in RangeMethod['kind']]: (
    distribution: Distribution,
    spec: GridSpec,
    method: Extract<RangeMethod, { kind: K }>,
  ) => Grid;
} = {
  minMax: ({ min, max }, spec) => gridFromRange(spec, min, max),
  percentile: (distribution, spec, { percentile }) => {
    const cut = (1 - percentile / 100) / 2;
    const oneSided = distribution.min >= 0 || distribution.max <= 0;
    const share = oneSided ? 2 * cut : cut;
    const low = Math.min(quantile(distribution, distribution.min >= 0 ? 0 : share), 0);
    const high = Math.max(quantile(distribution, distribution.max <= 0 ? 1 : 1 - share), 0);
    return gridFromRange(spec, low, high);
  },
  entropy: searchEntropy,
  mse: searchMse,
};

/**
 * The method in full, checked.
 * @throws QuantizerError for unknown methods and options outside their range.
 */
export function resolveRangeMethod(option: RangeOption): RangeMethod {
  const kind = typeof option === 'string' ? option : option.kind;
  if (!Object.hasOwn(defaults, kind)) {
    throw new QuantizerError(`observer "${kind}": expected one of ${rangeMethods.join(', ')}`);
  }
  const method: RangeMethod =
    typeof option === 'string' ? defaults[kind] : { ...defaults[kind], ...option };
  if (method.kind === 'percentile' && !(method.percentile > 50 && method.percentile <= 100)) {
    throw new QuantizerError(`percentile ${method.percentile}: expected above 50, at most 100`);
  }
  if (method.kind === 'mse') {
    if (method.search !== 'shrink' && method.search !== 'window') {
      throw new QuantizerError(`mse search "${method.search}": expected shrink or window`);
    }
    if (!(method.power >= 1 && method.power <= 8)) {
      throw new QuantizerError(`mse power ${method.power}: expected 1 to 8`);
    }
  }
  return method;
}

/** The grid that `method` chooses for the values of `distribution`. */
export function searchGrid(distribution: Distribution, spec: GridSpec, method: RangeMethod): Grid {
  const search = searches[method.kind] as (
    distribution: Distribution,
    spec: GridSpec,
    method: RangeMethod,
  ) => Grid;
  return search(distribution, spec, method);
}
