import type { Augmentation } from './augment.ts';
import { checkCount, toTensor } from './batches.ts';
import { DatasetError } from './errors.ts';
import type { Normalization } from './normalize.ts';
import { streamOf } from './stream-of.ts';
import type { Batch, Dataset, Image } from './types.ts';

/** How a dataset becomes the batches of one epoch. */
export interface TrainingBatchOptions extends Normalization {
  /** Samples in a batch. */
  readonly batchSize: number;
  /** Seed of the order and of the augmentation. */
  readonly seed: number;
  /** Number of the epoch: each has its own order and augmentation. */
  readonly epoch: number;
  /** Number of the first batch, to go on in the middle of an epoch; 0 unless told otherwise. */
  readonly start?: number | undefined;
  /** Leave out a last batch that is smaller; true unless told otherwise. */
  readonly dropLast?: boolean | undefined;
  /** Changes pictures at random, one after another. */
  readonly augment?: readonly Augmentation[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Number of batches in an epoch of `size` samples. */
export function batchesPerEpoch(size: number, batchSize: number, dropLast = true): number {
  return dropLast ? Math.floor(size / batchSize) : Math.ceil(size / batchSize);
}

/**
 * One epoch of `dataset` in random order, augmented and normalised. What happens to a sample
 * depends on the seed, the epoch and the sample's index alone, so that a run that goes on at
 * `start` sees the same batches as one that was never interrupted.
 * @throws DatasetError for options out of range and for pictures of different sizes in a batch.
 * @throws the reason of `signal` once it is aborted.
 */
export async function* trainingBatches(
  dataset: Dataset,
  options: TrainingBatchOptions,
): AsyncGenerator<Batch> {
  const { batchSize, seed, epoch, start = 0, dropLast = true, augment = [], signal } = options;
  checkCount('batch size', batchSize);
  if (!(Number.isInteger(start) && start >= 0)) {
    throw new DatasetError(`start ${start}: expected the number of a batch, from 0`);
  }
  const order = streamOf(seed, epoch).permutation(dataset.size);
  const count = batchesPerEpoch(dataset.size, batchSize, dropLast);
  const { labels } = dataset;
  for (let batch = start; batch < count; batch++) {
    const indices = order.slice(batch * batchSize, (batch + 1) * batchSize);
    const images: Image[] = [];
    for (const index of indices) {
      signal?.throwIfAborted();
      const stream = streamOf(seed, epoch, index);
      const image = await dataset.item(index);
      images.push(augment.reduce((changed, change) => change(changed, stream), image));
    }
    yield {
      input: toTensor(images, options),
      indices,
      labels: labels && Int32Array.from(indices, (index) => labels[index] as number),
    };
  }
}
