import { KernelError } from '@subbyte/kernels';
import { bytesPerElement } from '@subbyte/tensor';
import { splitAt } from './grid.ts';
import { defineKernel, type KernelFactory } from './kernel.ts';

/** Takes whole slices of `x` at `indices` along `axis`. */
export const gather: KernelFactory<'gather'> = defineKernel(
  'gather',
  () => true,
  (engine, [x, indices], { axis }, result) => {
    const { outer, length, inner } = splitAt(x.shape, axis);
    const places = Array.from(indices.data as ArrayLike<number | bigint>, (value) => {
      const index = Number(value);
      if (index < -length || index >= length) {
        throw new KernelError(`gather: index ${value} is outside an axis of ${length} elements`);
      }
      return index < 0 ? index + length : index;
    });
    const bytes = inner * bytesPerElement(x.dtype);
    const [from, table] = [engine.address(x), engine.table(places)];
    engine.wasm.gather(from, result.address, outer, length * bytes, table, places.length, bytes);
  },
);
