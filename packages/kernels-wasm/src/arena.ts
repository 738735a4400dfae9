import { type Arena, KernelError } from '@subbyte/kernels';
import type { Memory, StorageFactory } from '@subbyte/wasm-memory';

/** Bytes behind a place that kernels may read and write in whole vectors. */
const slack = 32;

/** A block of `memory` whose places `storages` makes. */
export function createArena(memory: Memory, storages: StorageFactory, byteLength: number): Arena {
  const start = memory.allocate(byteLength, 'arena');
  let alive = true;
  return {
    byteLength,
    place: (offset, length) => {
      const isWhole = Number.isInteger(offset / 64) && Number.isInteger(length);
      if (!isWhole || offset < 0 || length < 0 || offset + length + slack > byteLength) {
        throw new KernelError(
          `arena: ${length} bytes at ${offset} and ${slack} behind them: expected a multiple of 64 within ${byteLength}`,
        );
      }
      return storages.place(start + offset, length, () => alive);
    },
    dispose: () => {
      if (alive) memory.release(start);
      alive = false;
    },
  };
}
