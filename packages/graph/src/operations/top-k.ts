import { newArray, normalizeAxis, type Tensor, tensor } from '@subbyte/tensor';
import { GraphError } from '../errors.ts';
import type { StructuralAttributes } from '../types.ts';

/**
 * The `k` largest or smallest elements along an axis and their int64 positions; of equal elements
 * the first come first (ONNX TopK).
 */
export function topK(
  x: Tensor,
  k: number,
  { axis, largest }: StructuralAttributes['topK'],
): [values: Tensor, indices: Tensor] {
  const along = normalizeAxis(axis, x.shape.length);
  const length = x.shape[along] as number;
  if (!Number.isInteger(k) || k < 0 || k > length) {
    throw new GraphError(`topK with k = ${k}: axis ${along} has ${length} elements`);
  }
  const inner = x.shape.slice(along + 1).reduce((a, b) => a * b, 1);
  const outer = length === 0 ? 0 : x.size / (length * inner);
  const shape = x.shape.with(along, k);
  const values = newArray(x.dtype, outer * k * inner) as Float32Array;
  const indices = new BigInt64Array(values.length);
  const data = x.data as Float32Array;
  const sign = largest ? -1 : 1;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const at = (position: number): number => data[(o * length + position) * inner + i] as number;
      const order = Array.from({ length }, (_, position) => position).sort((p, q) => {
        const [a, b] = [at(p), at(q)];
        return a === b ? p - q : a < b ? -sign : sign;
      });
      for (let rank = 0; rank < k; rank++) {
        const target = (o * k + rank) * inner + i;
        values[target] = at(order[rank] as number);
        indices[target] = BigInt(order[rank] as number);
      }
    }
  }
  return [tensor(values, shape, x.dtype), tensor(indices, shape, 'int64')];
}
