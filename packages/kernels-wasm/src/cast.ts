import { bytesPerElement } from '@subbyte/tensor';
import type { WasmFunctions } from './functions.ts';
import { defineKernel, type KernelFactory } from './kernel.ts';

const conversions: Readonly<
  Record<string, 'floatToInt32' | 'int32ToFloat' | 'uint8ToFloat' | undefined>
> = {
  'float32 int32': 'floatToInt32',
  'int32 float32': 'int32ToFloat',
  'uint8 float32': 'uint8ToFloat',
  'bool float32': 'uint8ToFloat',
} satisfies Record<string, keyof WasmFunctions>;

/** Converts between float32 and int32, uint8, bool; copies what has the type already. */
export const cast: KernelFactory<'cast'> = defineKernel(
  'cast',
  ([x], { dtype }) => x.dtype === dtype || conversions[`${x.dtype} ${dtype}`] !== undefined,
  (engine, [x], { dtype }, result) => {
    if (x.dtype === dtype) {
      engine.wasm.copyBytes(
        engine.address(x),
        result.address,
        result.size * bytesPerElement(dtype),
      );
      return;
    }
    const name = conversions[`${x.dtype} ${dtype}`] as 'floatToInt32';
    engine.wasm[name](engine.address(x), result.address, result.size);
  },
);
