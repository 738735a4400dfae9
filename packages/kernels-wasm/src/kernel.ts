import {
  type Kernel,
  type KernelName,
  kernelDataType,
  kernelShapes,
  type OperandsOf,
  type OptionsOf,
  reference,
} from '@subbyte/kernels';
import type { Shape, Tensor } from '@subbyte/tensor';
import type { WasmStorage } from '@subbyte/wasm-memory';
import type { Engine } from './engine.ts';

/** Makes kernel `K` on an engine. */
export type KernelFactory<K extends KernelName> = (engine: Engine) => Kernel<K>;

/** Where the result of a kernel goes. */
export interface Result {
  readonly address: number;
  readonly shape: Shape;
  /** Number of elements, at least 1. */
  readonly size: number;
}

/**
 * Makes a kernel: `accepts` says whether `compute` has code for these operands (the reference takes
 * them otherwise), which were checked before; `compute` writes every element of the result.
 */
export function defineKernel<K extends KernelName>(
  kernel: K,
  accepts: (operands: OperandsOf<K>, options: OptionsOf<K>) => boolean,
  compute: (engine: Engine, operands: OperandsOf<K>, options: OptionsOf<K>, result: Result) => void,
): KernelFactory<K> {
  return (engine) => (operands, options) => {
    const all: readonly (Tensor | undefined)[] = operands;
    const dtype = kernelDataType[kernel](
      all.map((operand) => operand?.dtype),
      options,
    );
    const shape = kernelShapes[kernel](
      all.map((operand) => operand?.shape),
      options,
    );
    if (!accepts(operands, options)) {
      const result = reference[kernel](operands, options);
      const uploaded = engine.upload(result);
      result.storage.dispose();
      return uploaded;
    }
    const result = engine.allocate(shape, dtype, kernel);
    if (result.size === 0) return result;
    const { address } = result.storage as WasmStorage;
    try {
      engine.call(kernel, () =>
        compute(engine, operands, options, { address, shape, size: result.size }),
      );
    } catch (error) {
      result.storage.dispose();
      throw error;
    }
    return result;
  };
}

/** Whether every operand that is there is float32. */
export function allFloat32(operands: readonly (Tensor | undefined)[]): boolean {
  return operands.every((operand) => operand === undefined || operand.dtype === 'float32');
}
