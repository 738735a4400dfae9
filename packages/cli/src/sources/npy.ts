import { readNpy, tensorBatches } from '@subbyte/datasets';
import { CliError } from '../errors.ts';
import { readBytes } from '../io/files.ts';
import { cut, type OpenSource } from './source.ts';

/** Ready inputs in a NumPy file `[N, ...]`, taken as they are, in order. */
export const openNpy: OpenSource = async (path, options) => {
  const input = readNpy(await readBytes(path));
  const { inputShape } = options;
  const fits =
    input.shape.length === inputShape.length &&
    inputShape.every(
      (size, axis) => axis === 0 || typeof size !== 'number' || size === input.shape[axis],
    );
  if (!fits) {
    throw new CliError(`npy:${path} is [${input.shape}], the model's input is [${inputShape}]`);
  }
  const { count, batchSize } = cut(input.shape[0] ?? 0, options);
  return {
    count,
    truth: 'none',
    batches: () => tensorBatches(input, { batchSize, limit: count }),
  };
};
