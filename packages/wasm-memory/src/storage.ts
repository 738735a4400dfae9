import {
  type DataType,
  type Storage,
  TensorError,
  type TypedArrayOf,
  track,
  viewArray,
} from '@subbyte/tensor';
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
  /** Releases the block at `address` when `storage` is disposed or collected. */
  holdWith(storage: Storage, address: number): void;
}

/** Storages in `memory`; those that nobody disposes are freed when they are collected. */
export function createStorageFactory(memory: Memory, owner: object): StorageFactory {
  const release = (addresses: readonly number[]): void => {
    for (const address of addresses) memory.release(address);
  };
  // Blocks are listed by themselves: what waits for a storage to be collected must not keep it alive.
  const collected = new FinalizationRegistry<readonly number[]>(release);
  const foreign = new WeakMap<Storage, number[]>();

  class OwnStorage implements WasmStorage {
    readonly owner = owner;
    readonly address: number;
    readonly byteLength: number;
    readonly blocks: number[];
    disposed = false;
    #isWatched = false;

    constructor(address: number, byteLength: number) {
      this.address = address;
      this.byteLength = byteLength;
      this.blocks = [address];
    }

    /** A scope disposes of what it holds; only what left the last one may be forgotten. */
    escape(): void {
      if (this.#isWatched) return;
      this.#isWatched = true;
      collected.register(this, this.blocks, this.blocks);
    }

    view<D extends DataType>(dtype: D, length: number): TypedArrayOf<D> {
      if (this.disposed) throw new TensorError('tensor used after it was disposed');
      return viewArray(dtype, memory.memory.buffer, this.address, length);
    }

    dispose(): void {
      if (this.disposed) return;
      this.disposed = true;
      if (this.#isWatched) collected.unregister(this.blocks);
      release(this.blocks);
    }
  }

  return {
    create: (byteLength, purpose) => {
      const storage = new OwnStorage(memory.allocate(byteLength, purpose), byteLength);
      if (!track(storage)) storage.escape();
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
    holdWith: (storage, address) => {
      if (storage instanceof OwnStorage) {
        storage.blocks.push(address);
        return;
      }
      const known = foreign.get(storage);
      if (known) {
        known.push(address);
        return;
      }
      const blocks = [address];
      foreign.set(storage, blocks);
      collected.register(storage, blocks);
    },
  };
}
