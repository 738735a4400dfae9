import { random, tensor } from '@subbyte/tensor';
import { DatasetError } from './errors.ts';
import { type Normalization, writePlanes } from './normalize.ts';
import type { Batch, Dataset, Image } from './types.ts';

/** How a dataset becomes batches. */
export interface BatchOptions extends Normalization {
  /** Samples in a batch, the last one may be smaller; 32 unless told otherwise. */
  readonly batchSize?: number | undefined;
  /** At most so many samples; all unless told otherwise. */
  readonly limit?: number | undefined;
  /** Shuffles with this seed (before `limit` counts); in order without one. */
  readonly seed?: number | undefined;
  /** Changes each picture first: resize it, crop it. */
  readonly transform?: ((image: Image) => Image) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws DatasetError unless `value` counts something. */
export function checkCount(name: string, value: number): void {
  if (!(value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value > 0))) {
    throw new DatasetError(`${name} ${value}: expected a whole number above 0`);
  }
}

/**
 * Reads `dataset` batch by batch, normalised: `(pixel / 255 - mean) / std` per channel. Same
 * options, same bytes.
 * @throws DatasetError for options out of range and for pictures of different sizes in a batch.
 * @throws the reason of `signal` once it is aborted.
 */
export async function* batches(
  dataset: Dataset,
  options: BatchOptions = {},
): AsyncGenerator<Batch> {
  const { batchSize = 32, limit = Number.POSITIVE_INFINITY, seed, transform, signal } = options;
  checkCount('batch size', batchSize);
  checkCount('limit', limit);
  const count = Math.min(dataset.size, limit);
  const order = seed === undefined ? undefined : random(seed).permutation(dataset.size);
  for (let start = 0; start < count; start += batchSize) {
    const indices = new Uint32Array(Math.min(batchSize, count - start));
    for (let i = 0; i < indices.length; i++) indices[i] = order?.[start + i] ?? start + i;
    const images: Image[] = [];
    for (const index of indices) {
      signal?.throwIfAborted();
      const image = await dataset.item(index);
      images.push(transform ? transform(image) : image);
    }
    const { labels } = dataset;
    yield {
      input: toTensor(images, options),
      indices,
      labels: labels && Int32Array.from(indices, (index) => labels[index] as number),
    };
  }
}

/** The pictures as one tensor `[N, C, H, W]`. */
export function toTensor(images: readonly Image[], normalization: Normalization): Batch['input'] {
  const { channels, height, width } = images[0] as Image;
  const size = channels * height * width;
  const values = new Float32Array(images.length * size);
  for (const [i, image] of images.entries()) {
    if (image.width !== width || image.height !== height || image.channels !== channels) {
      throw new DatasetError(
        `batch: a picture of ${image.width} x ${image.height} x ${image.channels} beside one of ${width} x ${height} x ${channels}, expected equal sizes (see transform)`,
      );
    }
    writePlanes(values.subarray(i * size, (i + 1) * size), image, normalization);
  }
  return tensor(values, [images.length, channels, height, width]);
}

/** The inputs alone, as calibration wants them. */
export async function* inputsOf(
  source: AsyncIterable<Batch> | Iterable<Batch>,
): AsyncGenerator<Batch['input']> {
  for await (const { input } of source) yield input;
}
