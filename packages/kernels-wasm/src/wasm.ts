import type { Backend } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import { bytesOf, createEngine } from './engine.ts';
import { createMemory } from './memory.ts';
import { instantiate } from './module.ts';
import { createStorageFactory } from './storage.ts';
import { createKernels } from './table.ts';

/** Options of {@link wasm}. */
export interface WasmOptions {
  /**
   * Use fused multiply-add where the engine has relaxed SIMD (`'auto'`), insist on it (`true`) or
   * not (`false`, the default): it rounds once instead of twice, so results differ in the last bit
   * between machines.
   */
  readonly relaxedSimd?: boolean | 'auto' | undefined;
}

/** The WebAssembly backend. */
export interface WasmBackend extends Backend {
  freeze(input: Tensor): void;
  /** Bytes of linear memory that tensors and packed weights hold. */
  liveBytes(): number;
}

/**
 * Starts a backend with a linear memory of its own, up to 4 GiB.
 * @throws WasmError when the engine lacks SIMD, or relaxed SIMD is asked for and missing.
 */
export async function wasm(options: WasmOptions = {}): Promise<WasmBackend> {
  const memory = createMemory();
  const owner = { name: 'wasm' };
  const functions = await instantiate(memory.memory, options.relaxedSimd ?? false);
  const engine = createEngine(functions, memory, createStorageFactory(memory, owner));
  return {
    name: 'wasm',
    kernels: createKernels(engine),
    zeros: (shape, dtype) => {
      const result = engine.allocate(shape, dtype, 'zeros');
      bytesOf(result).fill(0);
      return result;
    },
    upload: engine.upload,
    freeze: engine.freeze,
    liveBytes: () => memory.liveBytes,
  };
}
