import { type DataType, newArray, type TypedArrayOf, viewArray } from './data-type.ts';
import { TensorError } from './errors.ts';
import { track } from './scope.ts';

/** Where the elements of a tensor live. Storage belongs to the backend that made it. */
export interface Storage {
  /** Identity of the memory: the JavaScript heap or one backend instance. */
  readonly owner: object;
  readonly byteLength: number;
  /** True once `dispose` was called: every later access throws. */
  readonly disposed: boolean;
  /**
   * The first `length` elements as a typed array. Do not keep it across kernel calls: linear
   * memory may grow and detach it.
   * @throws TensorError after `dispose`.
   */
  view<D extends DataType>(dtype: D, length: number): TypedArrayOf<D>;
  /** Gives the bytes back at once. Calling it again does nothing. */
  dispose(): void;
  /** Called when no scope holds the storage any more: from then on it may be forgotten without being disposed. */
  escape?(): void;
}

/** Owner of every storage on the JavaScript heap. */
export const heap: object = { name: 'heap' };

class HeapStorage implements Storage {
  readonly owner = heap;
  readonly byteLength: number;
  disposed = false;
  readonly #array: ArrayBufferView;

  constructor(array: ArrayBufferView) {
    this.byteLength = array.byteLength;
    this.#array = array;
  }

  view<D extends DataType>(dtype: D, length: number): TypedArrayOf<D> {
    if (this.disposed) throw new TensorError('tensor used after it was disposed');
    return viewArray(dtype, this.#array.buffer, this.#array.byteOffset, length);
  }

  dispose(): void {
    this.disposed = true;
  }
}

/** Storage on the JavaScript heap over the bytes of `array`, without a copy. */
export function heapStorage(array: ArrayBufferView): Storage {
  const storage = new HeapStorage(array);
  track(storage);
  return storage;
}

/** Zeroed storage for `length` elements of `dtype` on the JavaScript heap. */
export function allocateHeap(dtype: DataType, length: number): Storage {
  return heapStorage(newArray(dtype, length));
}
