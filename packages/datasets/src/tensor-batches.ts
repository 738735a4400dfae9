import { type Tensor, tensor } from '@subbyte/tensor';
import type { BatchOptions } from './batches.ts';
import { DatasetError } from './errors.ts';
import type { Batch } from './types.ts';

/**
 * Cuts `input` `[N, …]` (of an npy file, say) along its first axis into float32 batches, in order,
 * as it is: nothing is normalised.
 * @throws DatasetError for scalars, integers of 64 bits and a batch size below 1.
 */
export function* tensorBatches(
  input: Tensor,
  { batchSize = 32, limit }: Pick<BatchOptions, 'batchSize' | 'limit'> = {},
): Generator<Batch> {
  const [count, ...rest] = input.shape;
  const { data } = input;
  if (count === undefined || data instanceof BigInt64Array || data instanceof BigUint64Array) {
    throw new DatasetError(
      `${input.dtype} [${input.shape}]: expected [N, …] of at most 32-bit numbers`,
    );
  }
  if (!(batchSize >= 1)) throw new DatasetError(`batch size ${batchSize}: expected at least 1`);
  const size = rest.reduce((product, side) => product * side, 1);
  const end = Math.min(count, limit ?? count);
  for (let start = 0; start < end; start += batchSize) {
    const rows = Math.min(batchSize, end - start);
    const values = data.subarray(start * size, (start + rows) * size);
    yield {
      input: tensor(Float32Array.from(values), [rows, ...rest]),
      indices: Uint32Array.from({ length: rows }, (_, i) => start + i),
    };
  }
}
