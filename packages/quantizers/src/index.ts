export {
  type ApotFitter,
  type ApotOptions,
  type ApotSpec,
  apot,
  apotQuantizer,
  apotThresholds,
} from './apot.ts';
export { type ApotGrid, apotGrid, composeLevel, decomposeLevel } from './apot-grid.ts';
export { apotCodebook, type Codebook, codebookOf } from './codebook.ts';
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
export { type LevelFit, searchLevels } from './search-levels.ts';
export type { MseSearch } from './search-mse.ts';
export { type TernaryFitter, type TernaryOptions, ternary, ternaryQuantizer } from './ternary.ts';
export type {
  ApotQuantizer,
  Bits,
  Granularity,
  LevelQuantizer,
  Quantizer,
  Scales,
  Scheme,
  TernaryQuantizer,
  UniformQuantizer,
} from './types.ts';
export {
  gridSpec,
  type UniformFitter,
  type UniformOptions,
  uniform,
  uniformQuantizer,
} from './uniform.ts';
