export { type Distribution, distributionOf } from './distribution.ts';
export { QuantizerError } from './errors.ts';
export { decode, encode, fakeQuantize } from './fake-quantize.ts';
export {
  forEachGroup,
  perChannel,
  perGroup,
  perTensor,
  resolveGranularity,
  scaleShapeOf,
} from './granularity.ts';
export { codeRange, type Grid, type GridSpec, gridFromRange, makeGrid } from './grid.ts';
export {
  addToHistogram,
  type Histogram,
  type HistogramSummary,
  histogramDistribution,
  newHistogram,
  summarizeHistogram,
} from './histogram.ts';
export { createObserver, type Observer } from './observer.ts';
export { parseQuantizer } from './parse.ts';
export {
  type RangeMethod,
  type RangeOption,
  rangeMethods,
  resolveRangeMethod,
  searchGrid,
} from './search.ts';
export type { MseSearch } from './search-mse.ts';
export type { Bits, Granularity, Quantizer, UniformQuantizer } from './types.ts';
export {
  gridSpec,
  type UniformFitter,
  type UniformOptions,
  uniform,
  uniformQuantizer,
} from './uniform.ts';
