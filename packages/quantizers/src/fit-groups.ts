import { asFloat32, type Tensor, tensor as toTensor } from '@subbyte/tensor';
import { type Distribution, distributionOf } from './distribution.ts';
import { QuantizerError } from './errors.ts';
import { forEachGroup, perTensor, resolveGranularity, scaleShapeOf } from './granularity.ts';
import { addToHistogram, histogramDistribution, newHistogram } from './histogram.ts';
import type { Granularity } from './types.ts';

/** What was fitted to the groups of a tensor. */
export interface FittedGroups<T> {
  /** One per group, in the order of the scales. */
  readonly fitted: readonly T[];
  /** With its axis counted from the front. */
  readonly granularity: Granularity;
  readonly scaleShape: readonly number[];
}

const exactUpTo = 16_384;

/**
 * Applies `fit` to the values of each group of `input` that shares a scale. Groups of up to 16 384
 * values are seen exactly (unless `exact` is false), larger ones through a histogram of 8 192 bins.
 * @throws QuantizerError for NaN, infinities and empty tensors; TensorError unless float32.
 */
export function fitGroups<T>(
  input: Tensor,
  granularity: Granularity = perTensor,
  { exact }: { readonly exact: boolean },
  fit: (values: Distribution) => T,
): FittedGroups<T> {
  const values = asFloat32(input, 'tensor to quantize');
  const resolved = resolveGranularity(granularity, input.shape.length);
  const fitted: T[] = [];
  forEachGroup(values, resolved, (group) => {
    if (exact && group.length <= exactUpTo) {
      fitted.push(fit(distributionOf(group)));
      return;
    }
    const histogram = newHistogram(8192);
    addToHistogram(histogram, toTensor(group));
    fitted.push(fit(histogramDistribution(histogram)));
  });
  if (fitted.length === 0) {
    throw new QuantizerError(`tensor [${input.shape}] is empty: expected values to fit`);
  }
  return { fitted, granularity: resolved, scaleShape: scaleShapeOf(input.shape, granularity) };
}
