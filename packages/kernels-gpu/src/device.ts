import {
  type Device,
  DeviceRefusal,
  type KernelName,
  type KernelTable,
  type WeightCodes,
} from '@subbyte/kernels';
import {
  bytesPerElement,
  type DataType,
  fromStorage,
  type Shape,
  type Storage,
  sizeOf,
  type Tensor,
  tensor,
  toHeap,
  track,
} from '@subbyte/tensor';
import { GpuError } from './errors.ts';
import type { GpuInstance, Handle, KernelSettings, Shortcut } from './library.ts';
import type { FixedMode } from './mode.ts';
import { mostElements } from './source.ts';
import { gpuKernels, kernelTable } from './table.ts';

/** Launches kernels: what kernels are written against. */
export interface Launcher {
  /**
   * Runs `source` once for each element of a result of `shape`.
   * @param kernel names it in errors.
   * @throws DeviceRefusal for operands that do not live on the device and cannot.
   */
  launch(
    kernel: string,
    source: string,
    operands: readonly Tensor[],
    shape: Shape,
    dtype?: DataType,
  ): Tensor;
  /** A tensor of these values that stays on the device: `key` must say what they are. */
  table(key: string, values: () => ArrayLike<number>): Tensor;
  /**
   * Another form of a tensor on the heap. Kept on the device for frozen ones; else it lasts until the next kernel that takes
   * it.
   */
  derived(of: Tensor, form: string, make: () => Float32Array): Tensor;
  /** The codes that the frozen weight `of` was given with. */
  codesOf(of: Tensor): WeightCodes | undefined;
  /** Whether `input` is on the JavaScript heap, where its elements can be looked at. */
  isReadable(input: Tensor): boolean;
}

/** What a storage on the device stands for. */
interface Slot {
  handle?: Handle | undefined;
  error?: unknown;
}

/** Data types whose every value a float32 holds. */
const exactTypes: ReadonlySet<DataType> = new Set(['float32', 'int8', 'uint8', 'int16', 'uint16']);

const settings = (size: number): KernelSettings => ({
  output: [size],
  precision: 'single',
  // Else gpu.js asks WebGL2 for its lowest precision: half floats on many phones.
  tactic: 'precision',
  pipeline: true,
  // Each result has memory of its own, so that a kernel can run for several layers.
  immutable: true,
  fixIntegerDivisionAccuracy: false,
});

/** Copies its operand: one kernel for all sizes. */
const copySource = 'function (values) { return values[this.thread.x]; }';
const copySettings: KernelSettings = {
  ...settings(1),
  dynamicOutput: true,
  dynamicArguments: true,
};

/** A device on an instance of gpu.js in `mode`. */
export function createDevice(gpu: GpuInstance, mode: FixedMode): Device {
  const owner = { name: mode };
  const slots = new WeakMap<Storage, Slot>();
  const live = new Map<Slot, number>();
  const kernels = new Map<string, Shortcut>();
  const tables = new Map<string, Tensor>();
  const frozen = new WeakMap<Storage, Map<string, Tensor>>();
  const codes = new WeakMap<Storage, WeightCodes>();
  /** What was uploaded for one kernel only. */
  const passing = new WeakSet<Storage>();
  let disposed = false;
  // In WebGPU everything happens later, in order; elsewhere at once.
  let tail: Promise<void> | undefined = mode === 'webgpu' ? Promise.resolve() : undefined;

  const inOrder = (job: () => unknown): void => {
    if (!tail) job();
    else tail = tail.then(() => job() as undefined);
  };

  const free = (slot: Slot): void => {
    if (slot.handle && !(slot.handle instanceof Float32Array)) slot.handle.delete();
    slot.handle = undefined;
    slot.error ??= new GpuError('tensor used after it was disposed');
    live.delete(slot);
  };

  /** A tensor whose elements `slot` will hold. @param stays whether only the device itself frees it. */
  const created = <D extends DataType>(
    slot: Slot,
    shape: Shape,
    dtype: D,
    stays = false,
  ): Tensor<D> => {
    const size = sizeOf(shape);
    live.set(slot, size * 4);
    let isDisposed = false;
    const storage: Storage = {
      owner,
      byteLength: size * bytesPerElement(dtype),
      get disposed() {
        return isDisposed;
      },
      view: () => {
        throw new DeviceRefusal(`its elements are on ${mode}`);
      },
      dispose: () => {
        if (isDisposed || stays) return;
        isDisposed = true;
        inOrder(() => free(slot));
      },
    };
    slots.set(storage, slot);
    if (!stays) track(storage);
    return fromStorage(dtype, shape, storage);
  };

  const checkSize = (kernel: string, shape: Shape): void => {
    const size = sizeOf(shape);
    if (size === 0 || size > mostElements) {
      throw new DeviceRefusal(`${kernel} of [${shape}]: a GPU takes 1 to 2^24 elements`);
    }
  };

  const compiled = (key: string, source: string, own: KernelSettings): Shortcut => {
    const known = kernels.get(key);
    if (known) return known;
    const made = gpu.createKernel(source, own);
    kernels.set(key, made);
    return made;
  };

  const sized = (shortcut: Shortcut, size: number): Shortcut => {
    shortcut.setOutput([size]);
    return shortcut;
  };

  /** Runs a kernel, now or later, and leaves its result in `slot`. */
  const run = (kernel: string, shortcut: () => Shortcut, from: readonly Slot[], to: Slot): void => {
    const fail = (cause: unknown): void => {
      const message = cause instanceof Error ? cause.message : String(cause);
      to.error = new GpuError(`${kernel} on ${mode}: ${message}`, { cause });
    };
    inOrder(() => {
      try {
        for (const slot of from) if (!slot.handle) throw slot.error;
        const callable = shortcut();
        const result = callable(...from.map(({ handle }) => handle as Handle));
        const { fallbackReason } = callable.kernel;
        if (fallbackReason) throw new GpuError(`gpu.js computes it elsewhere: ${fallbackReason}`);
        if (!(result instanceof Promise)) {
          to.handle = result as Handle;
          return undefined;
        }
        return result.then((handle) => {
          to.handle = handle as Handle;
        }, fail);
      } catch (cause) {
        fail(cause);
        return undefined;
      }
    });
    if (!tail && to.error) throw new DeviceRefusal((to.error as Error).message);
  };

  const checkOpen = (): void => {
    if (disposed) throw new GpuError(`the device (${mode}) was disposed`);
  };

  /** `values` on the device. @param stays whether they stay there until the device is disposed. */
  const uploaded = (
    values: Float32Array,
    shape: Shape,
    dtype: DataType,
    stays: boolean,
  ): Tensor => {
    checkOpen();
    checkSize('upload', shape);
    const slot: Slot = {};
    const result = created(slot, shape, dtype, stays);
    if (mode === 'cpu' || mode === 'webasm') {
      slot.handle = values.slice();
      return result;
    }
    const given: Slot = { handle: values };
    const copy = (): Shortcut => sized(compiled('upload', copySource, copySettings), values.length);
    run('upload', copy, [given], slot);
    return result;
  };

  const isReadable = ({ storage }: Tensor): boolean => storage.owner !== owner;

  const floatsOf = (input: Tensor): Float32Array => {
    if (!exactTypes.has(input.dtype)) {
      throw new DeviceRefusal(`${input.dtype} elements do not go on a GPU`);
    }
    return Float32Array.from(input.data as ArrayLike<number>);
  };

  const derived = (of: Tensor, form: string, make: () => Float32Array): Tensor => {
    const kept = frozen.get(of.storage);
    const known = kept?.get(form);
    if (known) return known;
    const values = make();
    const result = uploaded(values, [values.length], 'float32', kept !== undefined);
    if (kept) kept.set(form, result);
    else passing.add(result.storage);
    return result;
  };

  const launcher: Launcher = {
    launch: (kernel, source, operands, shape, dtype = 'float32') => {
      checkOpen();
      checkSize(kernel, shape);
      const there = operands.map((operand) =>
        isReadable(operand) ? derived(operand, 'plain', () => floatsOf(operand)) : operand,
      );
      const from = there.map(({ storage }) => slots.get(storage) as Slot);
      const size = sizeOf(shape);
      const key = `${size} ${operands.map((operand) => operand.size)} ${source}`;
      const slot: Slot = {};
      const result = created(slot, shape, dtype);
      run(kernel, () => compiled(key, source, settings(size)), from, slot);
      for (const { storage } of there) if (passing.has(storage)) storage.dispose();
      return result;
    },
    table: (key, values) => {
      const known = tables.get(key);
      if (known) return known;
      const list = Float32Array.from(values());
      const made = uploaded(list, [list.length], 'float32', true);
      tables.set(key, made);
      return made;
    },
    derived,
    codesOf: ({ storage }) => codes.get(storage),
    isReadable,
  };

  const own: Partial<KernelTable> = gpuKernels(launcher);
  return {
    name: mode,
    kernels: kernelTable(own),
    computes: new Set(Object.keys(own) as KernelName[]),
    zeros: (shape, dtype) =>
      uploaded(new Float32Array(sizeOf(shape)), shape, dtype, false) as never,
    upload: (input) =>
      (isReadable(input)
        ? uploaded(floatsOf(input), input.shape, input.dtype, false)
        : input) as typeof input,
    freeze: ({ storage }, weights) => {
      if (storage.owner === owner) return;
      if (!frozen.has(storage)) frozen.set(storage, new Map());
      if (weights) codes.set(storage, weights);
    },
    download: async (input) => {
      if (isReadable(input)) return toHeap(input);
      checkOpen();
      const slot = slots.get(input.storage) as Slot;
      const { size } = input;
      const values = await new Promise<ArrayLike<number>>((resolve, reject) => {
        inOrder(() => {
          if (!slot.handle) reject(slot.error);
          else if (slot.handle instanceof Float32Array) resolve(slot.handle.slice());
          else {
            // The kernel that reads does not block the page; `toArray` does, in WebGL2.
            const own = { ...copySettings, pipeline: false, immutable: false, asyncMode: true };
            const read = sized(compiled('download', copySource, own), size);
            (read(slot.handle) as Promise<ArrayLike<number>>).then(resolve, reject);
          }
        });
      });
      return tensor(values as Float32Array, input.shape, input.dtype);
    },
    liveBytes: () => [...live.values()].reduce((total, bytes) => total + bytes, 0),
    dispose: async () => {
      if (disposed) return;
      disposed = true;
      await tail;
      for (const slot of [...live.keys()]) free(slot);
      await gpu.destroy();
    },
  };
}
