import type { Arena, Backend } from '@subbyte/kernels';
import type { Storage, Tensor } from '@subbyte/tensor';
import {
  canShare,
  createMemory,
  createStorageFactory,
  oneThread,
  startThreads,
  WasmError,
} from '@subbyte/wasm-memory';
import { createArena } from './arena.ts';
import { bytesOf, createEngine } from './engine.ts';
import { algorithms } from './integer/algorithms.ts';
import { instantiate } from './module.ts';
import { createKernels } from './table.ts';

/** Options of {@link wasm}. */
export interface WasmOptions {
  /**
   * Use fused multiply-add where the engine has relaxed SIMD (`'auto'`, the default), insist on it
   * (`true`) or not (`false`). It rounds once instead of twice, so results differ in the last bit from those
   * of engines without it (Node 20, old browsers) and of processors without such an instruction (x86 before
   * 2013); with `false` they are the same bytes everywhere, up to a third slower.
   */
  readonly relaxedSimd?: boolean | 'auto' | undefined;
  /**
   * Multiply codes with relaxed SIMD's dot product where the engine has it (`'auto'`, the default), insist on
   * it or not use it. Results do not depend on it.
   */
  readonly relaxedDot?: boolean | 'auto' | undefined;
  /**
   * Threads to compute with, the calling one included; 1 by default. There is one thread, and no
   * error, where memory cannot be shared (pages that are not cross-origin isolated) or workers do
   * not start. Results do not depend on it.
   */
  readonly threads?: number | undefined;
}

/** The WebAssembly backend. */
export interface WasmBackend extends Backend {
  freeze(input: Tensor): void;
  arena(byteLength: number): Arena;
  into<Result>(place: Storage, compute: () => Result): Result;
  /** Bytes of linear memory that tensors and packed weights hold. */
  liveBytes(): number;
  /** Threads that it really computes with; fewer than asked for where workers did not start or ended. */
  readonly threads: number;
  /** Ends the workers: everything runs on the calling thread from then on. */
  close(): void;
}

/** Functions whose answers the calling thread needs at once. */
const direct = ['gemmScratch', 'productScratch'] as const;

/**
 * Starts a backend with a linear memory of its own, up to 4 GiB.
 * @throws WasmError when the engine lacks SIMD, or relaxed SIMD is asked for and missing.
 */
export async function wasm(options: WasmOptions = {}): Promise<WasmBackend> {
  const { relaxedSimd = 'auto', relaxedDot = 'auto', threads: wanted = 1 } = options;
  if (!Number.isInteger(wanted) || wanted < 1) {
    throw new WasmError(`threads ${wanted}: expected a whole number from 1`);
  }
  const shared = wanted > 1 && canShare();
  const memory = createMemory(shared);
  const owner = { name: 'wasm' };
  const instance = await instantiate(memory.memory, relaxedSimd, relaxedDot);
  const { modules, functions } = instance;
  const threads = shared
    ? await startThreads(functions, modules, memory.memory, wanted, direct)
    : oneThread(functions);
  const storages = createStorageFactory(memory, owner);
  const engine = createEngine(functions, memory, storages, threads, instance.relaxedDot);
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
    algorithms: (weight, options) => algorithms(engine, weight, options),
    into: engine.into,
    arena: (byteLength) => createArena(memory, storages, byteLength),
    liveBytes: () => memory.liveBytes,
    get threads() {
      return threads.count;
    },
    close: threads.close,
  };
}
