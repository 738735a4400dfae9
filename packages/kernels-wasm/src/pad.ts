import { bytesPerElement, newArray, stridesOf } from '@subbyte/tensor';
import { copyWalk } from './copy.ts';
import { defineKernel, type KernelFactory } from './kernel.ts';

/** Adds elements around the tensor; negative amounts remove them. Mode `constant`. */
export const pad: KernelFactory<'pad'> = defineKernel(
  'pad',
  ([x], { mode }) => mode === 'constant' && x.dtype !== 'int64' && x.dtype !== 'uint64',
  (engine, [x], { before, after, value }, result) => {
    const size = bytesPerElement(x.dtype);
    const one = newArray(x.dtype, 8 / size);
    (one as Float32Array).fill(value);
    const bits = engine.table(new Float32Array(one.buffer as ArrayBuffer));
    engine.wasm.fill(result.address, bits, result.size, size);
    const strides = stridesOf(x.shape);
    const targetStrides = stridesOf(result.shape);
    const sum = (list: readonly number[], amounts: readonly number[], sign: number): number =>
      list.reduce((total, s, axis) => total + s * Math.max(sign * (amounts[axis] as number), 0), 0);
    const shape = x.shape.map(
      (length, axis) =>
        length + Math.min(before[axis] as number, 0) + Math.min(after[axis] as number, 0),
    );
    copyWalk(engine, engine.address(x), result.address, size, {
      shape,
      strides,
      targetStrides,
      offset: sum(strides, before, -1),
      targetOffset: sum(targetStrides, before, 1),
    });
  },
);
