import { KernelError } from '@subbyte/kernels';
import { bytesPerElement, type Tensor } from '@subbyte/tensor';
import { splitAt } from './grid.ts';
import { defineKernel, type KernelFactory } from './kernel.ts';

/**
 * Places along an axis of `length` elements; negative indices count from the end.
 * @throws KernelError when one lies outside.
 */
export function indicesOf(kernel: string, indices: Tensor, length: number): number[] {
  return Array.from(indices.data as ArrayLike<number | bigint>, (value) => {
    const index = Number(value);
    if (index < -length || index >= length) {
      throw new KernelError(`${kernel}: index ${value} is outside an axis of ${length} elements`);
    }
    return index < 0 ? index + length : index;
  });
}

/** Takes whole slices of `x` at `indices` along `axis`. */
export const gather: KernelFactory<'gather'> = defineKernel(
  'gather',
  () => true,
  (engine, [x, indices], { axis }, result) => {
    const { outer, length, inner } = splitAt(x.shape, axis);
    const places = indicesOf('gather', indices, length);
    const bytes = inner * bytesPerElement(x.dtype);
    const [from, table] = [engine.address(x), engine.table(places)];
    engine.wasm.gather(from, result.address, outer, length * bytes, table, places.length, bytes);
  },
);
