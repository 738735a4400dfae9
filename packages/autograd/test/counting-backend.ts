import { type Backend, type KernelTable, reference } from '@subbyte/kernels';
import { fromStorage, type Storage, type Tensor, track, zeros } from '@subbyte/tensor';

/** A backend over the reference that counts the storages alive, as one with its own memory would. */
export interface CountingBackend extends Backend {
  /** Storages allocated and not disposed. */
  readonly live: number;
  /** The most there were at once. */
  readonly peak: number;
}

const updates: readonly string[] = ['sgdUpdate', 'adamUpdate', 'blendUpdate', 'accumulateUpdate'];

/** Makes one; using a tensor after its release throws. */
export function countingBackend(): CountingBackend {
  let live = 0;
  let peak = 0;
  const owner = {};
  const adopt = (source: Tensor): Tensor => {
    live++;
    peak = Math.max(peak, live);
    const inner = source.storage;
    let disposed = false;
    const storage: Storage = {
      owner,
      byteLength: inner.byteLength,
      get disposed() {
        return disposed;
      },
      view: (dtype, length) => inner.view(dtype, length),
      dispose: () => {
        if (disposed) return;
        disposed = true;
        live--;
        inner.dispose();
      },
    };
    track(storage);
    return fromStorage(source.dtype, source.shape, storage);
  };
  // The reference allocates on the heap; a copy that no scope tracks is ours alone.
  const own = (x: Tensor): Tensor => adopt({ ...x, storage: untracked(x) });
  const kernels = Object.fromEntries(
    Object.entries(reference).map(([name, kernel]) => [
      name,
      (operands: never, options: never) => {
        const result = (kernel as (operands: never, options: never) => Tensor)(operands, options);
        return updates.includes(name) ? result : own(result);
      },
    ]),
  ) as unknown as KernelTable;
  return {
    name: 'counting',
    kernels,
    zeros: (shape, dtype) => own(zeros(shape, dtype)) as Tensor<typeof dtype>,
    upload: (input) => (input.storage.owner === owner ? input : (own(input) as typeof input)),
    get live() {
      return live;
    },
    get peak() {
      return peak;
    },
  };
}

function untracked(x: Tensor): Storage {
  const bytes = x.data.slice();
  let disposed = false;
  return {
    owner: x.storage.owner,
    byteLength: bytes.byteLength,
    get disposed() {
      return disposed;
    },
    view: () => {
      if (disposed) throw new Error('used after its release');
      return bytes as never;
    },
    dispose: () => {
      disposed = true;
    },
  };
}
