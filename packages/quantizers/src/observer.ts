import { asFloat32, type Tensor } from '@subbyte/tensor';
import {
  addToHistogram,
  type Histogram,
  histogramDistribution,
  newHistogram,
} from './histogram.ts';
import { type RangeOption, resolveRangeMethod, searchGrid } from './search.ts';
import type { UniformQuantizer } from './types.ts';
import { gridSpec, type UniformOptions, uniformQuantizer } from './uniform.ts';

/** Watches a stream of tensors in fixed memory and fits a quantizer to all of it. */
export interface Observer {
  /** What was seen so far. */
  readonly histogram: Histogram;
  /**
   * Takes in one tensor.
   * @throws QuantizerError for NaN and infinities, TensorError unless float32.
   */
  observe(input: Tensor): void;
  /**
   * The quantizer for what was seen; the stream may go on afterwards.
   * @throws QuantizerError when nothing was seen, or for options outside their range.
   */
  finish(options: Omit<UniformOptions, 'granularity' | 'observer'>): UniformQuantizer;
}

/**
 * An observer for activations, one range per tensor. It keeps a histogram of `bins` bins and the
 * exact minimum and maximum, never the values, so `minMax` is exact and the other methods see values
 * to within one bin (at most 2 / (bins - 2) of the range).
 */
export function createObserver(option: RangeOption = 'mse', bins = 4096): Observer {
  const method = resolveRangeMethod(option);
  const histogram = newHistogram(bins);
  return {
    histogram,
    observe: (input) => addToHistogram(histogram, asFloat32(input, 'observed tensor')),
    finish: (options) => {
      const spec = gridSpec(options);
      return uniformQuantizer(spec, [searchGrid(histogramDistribution(histogram), spec, method)]);
    },
  };
}
