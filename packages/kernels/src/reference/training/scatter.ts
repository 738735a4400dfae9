import type { Tensor } from '@subbyte/tensor';
import { numbersOf } from '../arrays.ts';
import { outside } from '../offsets.ts';

/**
 * Adds `gradient[i]` to `result[offsets[i]]`, in double precision: the gradient of taking elements
 * at `offsets`. Skips `outside`.
 */
export function scatterAdd(result: Tensor, gradient: Tensor, offsets: Int32Array): Tensor {
  const from = numbersOf(gradient);
  const sums = new Float64Array(result.size);
  for (let i = 0; i < offsets.length; i++) {
    const offset = offsets[i] as number;
    if (offset !== outside) sums[offset] = (sums[offset] as number) + (from[i] as number);
  }
  numbersOf(result).set(sums);
  return result;
}
