import { type Storage, TensorError, track, viewArray } from '@subbyte/tensor';
import type { Memory } from './memory.ts';

/** Storage in linear memory. */
export interface WasmStorage extends Storage {
  /** First byte, in linear memory. */
  readonly address: number;
}

/** Makes storages in one linear memory. */
export interface StorageFactory {
  /** Storage of `byteLength` bytes of undefined content. */
  create(byteLength: number, purpose: string): WasmStorage;
  /** Storage of bytes that belong to another, as long as `isAlive`. */
  place(address: number, byteLength: number, isAlive: () => boolean): WasmStorage;
  /** `storage` when it lives in this memory. @throws TensorError when it was disposed. */
  own(storage: Storage): WasmStorage | undefined;
  /** Calls `release` when `storage` is disposed or collected. */
  onRelease(storage: Storage, release: () => void): void;
}

const runAll = (calls: readonly (() => void)[]): void => {
  for (const call of calls) call();
};

/** A function of its own, so that it does not keep the storage alive that waits to be collected. */
export const releaser =
  (memory: Memory, address: number): (() => void) =>
  () =>
    memory.release(address);

/** Storages in `memory`; those that nobody disposes are freed when they are collected. */
export function createStorageFactory(memory: Memory, owner: object): StorageFactory {
  const listeners = new WeakMap<Storage, (() => void)[]>();
  const collected = new FinalizationRegistry<readonly (() => void)[]>(runAll);

  const onRelease = (storage: Storage, release: () => void): void => {
    const known = listeners.get(storage);
    if (known) {
      known.push(release);
      return;
    }
    const all = [release];
    listeners.set(storage, all);
    collected.register(storage, all, all);
  };

  return {
    create: (byteLength, purpose) => {
      const address = memory.allocate(byteLength, purpose);
      let disposed = false;
      const storage: WasmStorage = {
        owner,
        address,
        byteLength,
        get disposed() {
          return disposed;
        },
        view: (dtype, length) => {
          if (disposed) throw new TensorError('tensor used after it was disposed');
          return viewArray(dtype, memory.memory.buffer, address, length);
        },
        dispose: () => {
          if (disposed) return;
          disposed = true;
          const all = listeners.get(storage) ?? [];
          collected.unregister(all);
          runAll(all);
        },
      };
      onRelease(storage, releaser(memory, address));
      track(storage);
      return storage;
    },
    place: (address, byteLength, isAlive) => ({
      owner,
      address,
      byteLength,
      get disposed() {
        return !isAlive();
      },
      view: (dtype, length) => {
        if (!isAlive()) throw new TensorError('tensor used after its arena was disposed');
        return viewArray(dtype, memory.memory.buffer, address, length);
      },
      dispose: () => undefined,
    }),
    own: (storage) => {
      if (storage.owner !== owner) return undefined;
      if (storage.disposed) throw new TensorError('tensor used after it was disposed');
      return storage as WasmStorage;
    },
    onRelease,
  };
}
