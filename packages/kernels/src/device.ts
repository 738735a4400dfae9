import type { DataType, Tensor } from '@subbyte/tensor';
import type { Backend } from './backend.ts';
import type { KernelName, KernelTable } from './table.ts';

/** Weights on a grid, output channels first: element `i` of channel `o` is `codes[o, i] * scales[o]`. */
export interface WeightCodes {
  /** `[O, C, kH, kW]`, or `[O, K]` for matrix products, whichever way their weights lie. */
  readonly codes: Tensor<'int8'>;
  readonly scales: Float32Array;
}

/**
 * A backend whose memory JavaScript cannot read at once: a GPU. Kernels are called as those of any backend and give their
 * results at once; what the results hold is known when `download` has it. Storages of a device throw `DeviceRefusal` when
 * they are viewed.
 */
export interface Device extends Backend {
  /**
   * Every kernel. Those that the device has no code for, for these operands and options or at all, throw `DeviceRefusal`:
   * the caller computes them elsewhere. Operands on the JavaScript heap are copied to the device.
   */
  readonly kernels: KernelTable;
  /**
   * Marks `input` as never changing, so that a copy stays on the device. With `weights` it is the weight of `conv2d` or `matmul`
   * with these codes, and the copy is made of them.
   */
  freeze(input: Tensor, weights?: WeightCodes): void;
  /** Names of the kernels that it has code for. */
  readonly computes: ReadonlySet<KernelName>;
  /**
   * Copies the elements to the JavaScript heap.
   * @throws what the device reported while it computed them.
   */
  download<D extends DataType>(input: Tensor<D>): Promise<Tensor<D>>;
  /** Bytes of all tensors that live on the device. */
  liveBytes(): number;
  /** Gives everything back. Calling it again does nothing. */
  dispose(): Promise<void>;
}

/** Opens a device, for one user. */
export interface DeviceSource {
  /** @throws Error that says why there is none. */
  open(): Promise<Device>;
}

/** Thrown by a device for what it does not compute; the message says why. */
export class DeviceRefusal extends Error {
  override readonly name = 'DeviceRefusal';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_DEVICE_REFUSAL';
}

/** Whether `cause` is a `DeviceRefusal`, of this or another copy of the package. */
export function isDeviceRefusal(cause: unknown): cause is DeviceRefusal {
  return cause instanceof Error && (cause as { code?: unknown }).code === 'SUBBYTE_DEVICE_REFUSAL';
}
