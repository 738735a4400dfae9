import { randomBatches } from '@subbyte/datasets';
import { pictureShape } from './picture-shape.ts';
import { cut, type OpenSource } from './source.ts';

/** Standard normal values in the shape of the model's input: for shapes and speed, not for accuracy. */
export const openRandom: OpenSource = async (_, options) => {
  const { seed, samples = 32, inputShape, size } = options;
  const shape = pictureShape(inputShape, size);
  // Any number of samples is there; only the last batch may have to be whole.
  const { batchSize } = cut(Number.POSITIVE_INFINITY, { ...options, samples }, 8);
  const rounds = Math.ceil(samples / batchSize);
  return {
    count: rounds * batchSize,
    truth: 'none',
    batches: () => randomBatches([batchSize, ...shape], seed, rounds),
  };
};
