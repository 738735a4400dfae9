import { batches, cover, type Dataset } from '@subbyte/datasets';
import { UsageError } from '../errors.ts';
import { pictureShape } from './picture-shape.ts';
import { cut, type Source, type SourceOptions } from './source.ts';

/**
 * Pictures as a source: cut to the size of the model's input, normalised.
 * @throws UsageError when the model does not take pictures.
 */
export function pictureSource(
  open: (channels: 1 | 3) => Promise<Dataset> | Dataset,
): (options: SourceOptions) => Promise<Source> {
  return async (options) => {
    const shape = pictureShape(options.inputShape, options.size);
    const [channels, height = 0, width = 0] = shape;
    if (shape.length !== 3 || (channels !== 1 && channels !== 3)) {
      throw new UsageError(
        `pictures are [n, 3 or 1, height, width]; the model's input is [${options.inputShape}]`,
      );
    }
    const dataset = await open(channels);
    const { samples, seed, mean, std } = options;
    const { count, batchSize } = cut(dataset.size, options);
    return {
      count,
      truth: dataset.labels ? 'labels' : 'none',
      batches: () =>
        batches(dataset, {
          batchSize,
          limit: count,
          seed: samples === undefined ? undefined : seed,
          mean,
          std,
          transform: (image) => cover(image, width, height),
        }),
    };
  };
}
