// A backend for tests: the reference kernels in a memory of its own that counts what is alive and
// throws at every use after disposal.
import { type Backend, type KernelName, type KernelTable, reference } from '@subbyte/kernels';
import { fromStorage, newArray, type Storage, sizeOf, type Tensor, track } from '@subbyte/tensor';

export interface CountingBackend extends Backend {
  /** Storages that are allocated and not disposed. */
  readonly alive: Set<Storage>;
  /** Most storages ever alive at once. */
  readonly peak: () => number;
  readonly frozen: Set<Tensor>;
}

const updates: readonly KernelName[] = [
  'sgdUpdate',
  'adamUpdate',
  'blendUpdate',
  'accumulateUpdate',
];

/** @param scoped scopes may release too; without them a second disposal is a mistake. */
export function countingBackend(scoped = false): CountingBackend {
  const owner = {};
  const alive = new Set<Storage>();
  const frozen = new Set<Tensor>();
  let peak = 0;
  const adopt = <T extends Tensor>(value: T): T => {
    const array = newArray(value.dtype, value.size) as Float32Array;
    array.set(value.data as Float32Array);
    const storage: Storage = {
      owner,
      byteLength: array.byteLength,
      get disposed() {
        return !alive.has(storage);
      },
      view: () => {
        if (!alive.has(storage)) throw new Error('used after it was disposed');
        return array as never;
      },
      dispose: () => {
        if (!alive.delete(storage) && !scoped) throw new Error('disposed twice');
      },
    };
    alive.add(storage);
    if (scoped) track(storage);
    peak = Math.max(peak, alive.size);
    return fromStorage(value.dtype, value.shape, storage) as T;
  };
  const kernels = Object.fromEntries(
    (Object.keys(reference) as KernelName[]).map((name) => [
      name,
      (operands: never, options: never) => {
        const result = reference[name](operands, options);
        return updates.includes(name) ? result : adopt(result);
      },
    ]),
  ) as unknown as KernelTable;
  return {
    name: 'counting',
    kernels,
    alive,
    frozen,
    peak: () => peak,
    zeros: (shape, dtype) =>
      adopt(fromStorage(dtype, shape, { view: () => newArray(dtype, sizeOf(shape)) } as never)),
    upload: (input) => (input.storage.owner === owner ? input : adopt(input)),
    freeze: (input) => {
      frozen.add(input);
    },
  };
}
