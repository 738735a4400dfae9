import {
  bytesPerElement,
  type DataType,
  fromStorage,
  type Shape,
  type Storage,
  sizeOf,
  type Tensor,
} from '@subbyte/tensor';
import {
  inTurn,
  type Memory,
  oneThread,
  type Repeat,
  type StorageFactory,
  type Threads,
  WasmError,
  type WasmStorage,
  type Work,
} from '@subbyte/wasm-memory';
import type { WasmFunctions } from './functions.ts';

/** What the kernels work with: the module and one linear memory. */
export interface Engine {
  readonly wasm: WasmFunctions;
  /** Whether `product8` works here. */
  readonly relaxedDot: boolean;
  /** A tensor of undefined content in linear memory. */
  allocate<D extends DataType>(shape: Shape, dtype: D, purpose: string): Tensor<D>;
  /** A copy in linear memory, or the tensor itself when it lives there. */
  upload<D extends DataType>(input: Tensor<D>): Tensor<D>;
  /** Address of the elements; operands from elsewhere are copied for the duration of the call. */
  address(input: Tensor): number;
  /** Writes the elements at `address` back to a tensor that does not live in linear memory. */
  download(target: Tensor, address: number): void;
  /** Address of `bytes` bytes for the duration of the call. */
  scratch(bytes: number): number;
  /** Address of a copy of `values` for the duration of the call. */
  table(values: Int32Array | Float32Array | readonly number[]): number;
  /**
   * Address of `bytes` bytes that `fill` wrote from `input`. They are kept with a frozen tensor and
   * made anew for another. `key` says all that the bytes depend on, sizes too: reshaped tensors
   * share their elements.
   */
  arranged(
    input: Tensor,
    key: string,
    bytes: number,
    fill: (from: number, to: number) => void,
  ): number;
  /** Runs `work`, whose next `allocate` takes `place` if it is large enough. */
  into<Result>(place: Storage, work: () => Result): Result;
  isFrozen(input: Tensor): boolean;
  freeze(input: Tensor): void;
  /** Threads that `split` shares work among. */
  readonly threads: number;
  /**
   * Splits `[0, count)` among the threads: `work` gets each range, and the engine to call the module
   * with, whose functions return nothing before all ranges are done. What ranges write must not
   * overlap. With less than `operations` in all it is not worth while.
   */
  split(
    count: number,
    operations: number,
    work: (engine: Engine, first: number, end: number) => void,
  ): void;
  /** The same with one range per thread, for work of which every range repeats some. */
  splitOnce: Engine['split'];
  /**
   * Does `work` for 0, 1, … `count - 1`: in a split cheaper than a loop, where only addresses change and evenly. Not
   * all of it may be called here, so `work` may take no scratch.
   */
  repeat: Repeat;
  /** Runs one kernel call and gives back its scratch. */
  call<Result>(kernel: string, work: () => Result): Result;
}

/** The bytes of a tensor's elements. */
export function bytesOf(input: Tensor): Uint8Array {
  const { buffer, byteOffset, byteLength } = input.data;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The first, and the one behind the last. */
type Range = readonly [first: number, end: number];

/** Operations, about, that take as long as waking a worker many times over. */
const leastOperations = 262_144;

/**
 * Where ranges may be of any number, every thread has a large one and there is a small one for each: whoever is held
 * up does none of these. More, or larger ones, cost locality: a thread works on the images of the kernel before.
 */
const sizesOfRanges: readonly number[] = [7, 1];

/** Splits `[0, count)` into ranges of relative `sizes`, each for every thread; one each if that makes more than `most`. */
function rangesOf(count: number, threads: number, sizes: readonly number[], most: number): Range[] {
  const kinds = sizes.length * threads > Math.min(most, count) ? [1] : sizes;
  const total = threads * kinds.reduce((sum, size) => sum + size, 0);
  let before = 0;
  const ends = kinds
    .flatMap((size) => new Array<number>(threads).fill(size))
    .map((size) => {
      before += size;
      return Math.floor((before * count) / total);
    });
  return ends.map((end, i): Range => [ends[i - 1] ?? 0, end]).filter(([first, end]) => first < end);
}

/** An engine on `memory`. */
export function createEngine(
  wasm: WasmFunctions,
  memory: Memory,
  storages: StorageFactory,
  threads: Threads<WasmFunctions> = oneThread(wasm),
  relaxedDot = false,
): Engine {
  const frozen = new WeakMap<Storage, Map<string, number>>();
  let kernel = 'wasm';
  let next: Storage | undefined;

  const write = (bytes: Uint8Array, address: number): void => {
    new Uint8Array(memory.memory.buffer, address, bytes.length).set(bytes);
  };

  let isRepeating = false;
  const scratch = (bytes: number): number => {
    if (isRepeating)
      throw new WasmError(`${kernel}: scratch is taken before what repeats, not in it`);
    return memory.scratch(bytes, kernel);
  };
  const guarded =
    (repeat: Repeat): Repeat =>
    (count, work) => {
      const before = isRepeating;
      isRepeating = true;
      try {
        repeat(count, work);
      } finally {
        isRepeating = before;
      }
    };

  const allocate = <D extends DataType>(shape: Shape, dtype: D, purpose: string): Tensor<D> => {
    const bytes = sizeOf(shape) * bytesPerElement(dtype);
    const place = next;
    next = undefined;
    if (place && bytes <= place.byteLength) return fromStorage(dtype, shape, place);
    return fromStorage(dtype, shape, storages.create(bytes, purpose));
  };

  const keep = (storage: Storage, key: string, bytes: number): number => {
    const address = memory.allocate(bytes, kernel);
    (frozen.get(storage) as Map<string, number>).set(key, address);
    storages.holdWith(storage, address);
    return address;
  };

  const address = (input: Tensor): number => {
    const own: WasmStorage | undefined = storages.own(input.storage);
    if (own) return own.address;
    const cache = frozen.get(input.storage);
    const known = cache?.get('copy');
    if (known !== undefined) return known;
    const bytes = bytesOf(input);
    const place = cache ? keep(input.storage, 'copy', bytes.length) : scratch(bytes.length);
    write(bytes, place);
    return place;
  };

  const partEngines = new Map<WasmFunctions, Engine>();
  /** The engine that ranges of a split call: it runs, or writes down, what one thread does. */
  const partOf = (functions: WasmFunctions, repeat: Repeat): Engine => {
    const known = partEngines.get(functions);
    if (known) return known;
    const inline: Engine['split'] = (all, _, inner) => inner(own, 0, all);
    const own: Engine = {
      ...engine,
      wasm: functions,
      threads: 1,
      split: inline,
      splitOnce: inline,
      repeat: guarded(repeat),
    };
    partEngines.set(functions, own);
    return own;
  };
  const share = (
    count: number,
    operations: number,
    work: (engine: Engine, first: number, end: number) => void,
    sizes: readonly number[],
  ): void => {
    if (threads.count === 1 || operations < leastOperations || count <= 1) {
      work(engine, 0, count);
      return;
    }
    const ranges = rangesOf(count, threads.count, sizes, operations / leastOperations);
    threads.run(
      kernel,
      ranges.map(
        ([first, end]): Work<WasmFunctions> =>
          (functions, repeat) => {
            work(partOf(functions, repeat), first, end);
          },
      ),
    );
  };
  const engine: Engine = {
    wasm,
    relaxedDot,
    allocate,
    upload: (input) => {
      if (storages.own(input.storage)) return input;
      const result = allocate(input.shape, input.dtype, 'upload');
      write(bytesOf(input), (result.storage as WasmStorage).address);
      return result;
    },
    address,
    download: (target, from) => {
      if (storages.own(target.storage)) return;
      const bytes = bytesOf(target);
      bytes.set(new Uint8Array(memory.memory.buffer, from, bytes.length));
    },
    scratch,
    table: (values) => {
      const place = scratch(values.length * 4);
      const { buffer } = memory.memory;
      const isFloat = values instanceof Float32Array;
      (isFloat
        ? new Float32Array(buffer, place, values.length)
        : new Int32Array(buffer, place, values.length)
      ).set(values);
      return place;
    },
    arranged: (input, key, bytes, fill) => {
      const cache = frozen.get(input.storage);
      const known = cache?.get(key);
      if (known !== undefined) return known;
      // The copy of a heap operand is only needed while it is rearranged.
      const own = storages.own(input.storage);
      let from = own?.address;
      if (from === undefined) {
        const source = bytesOf(input);
        from = scratch(source.length);
        write(source, from);
      }
      const to = cache ? keep(input.storage, key, bytes) : scratch(bytes);
      fill(from, to);
      return to;
    },
    into: (place, work) => {
      next = storages.own(place);
      try {
        return work();
      } finally {
        next = undefined;
      }
    },
    isFrozen: (input) => frozen.has(input.storage),
    freeze: (input) => {
      if (!frozen.has(input.storage)) frozen.set(input.storage, new Map());
    },
    get threads() {
      return threads.count;
    },
    split: (count, operations, work) => share(count, operations, work, sizesOfRanges),
    splitOnce: (count, operations, work) => share(count, operations, work, [1]),
    repeat: guarded(inTurn),
    call: (name, work) => {
      const before = kernel;
      kernel = name;
      try {
        return memory.withScratch(work);
      } finally {
        kernel = before;
      }
    },
  };
  return engine;
}
