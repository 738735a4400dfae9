// gpu.js is loaded when a device is opened: it is large, and importing this package must cost nothing.

/** Values on the device: arrays where gpu.js computes on the CPU. */
export type Handle = Float32Array | DeviceHandle;

/** A texture or buffer. */
interface DeviceHandle {
  toArray(): unknown;
  delete(): void;
}

/** A compiled kernel of gpu.js. */
export interface Shortcut {
  (...operands: readonly Handle[]): unknown;
  readonly kernel: { readonly fallbackReason?: string | null | undefined };
  setOutput(output: readonly [number]): unknown;
  destroy(): void;
}

/** Settings that all kernels share. */
export interface KernelSettings {
  readonly output: readonly [number];
  readonly precision: 'single';
  readonly tactic: 'precision';
  readonly pipeline: boolean;
  readonly immutable: boolean;
  readonly asyncMode?: boolean | undefined;
  readonly fixIntegerDivisionAccuracy: boolean;
  readonly dynamicOutput?: boolean;
  readonly dynamicArguments?: boolean;
}

/** An instance of gpu.js. */
export interface GpuInstance {
  createKernel(source: string, settings: KernelSettings): Shortcut;
  destroy(): Promise<void>;
}

/** What is used of gpu.js. */
export interface GpuLibrary {
  readonly GPU: {
    new (settings: { readonly mode: string }): GpuInstance;
    readonly isWebGPUSupported: boolean;
    readonly isWebGL2Supported: boolean;
    readonly isWebAssemblySupported: boolean;
    isWebGPUAvailable(): Promise<boolean>;
  };
}

/** Loads gpu.js. */
export async function loadLibrary(): Promise<GpuLibrary> {
  // What a module of CommonJS exports depends on who bundled it.
  const loaded = (await import('gpu.js')) as unknown as {
    readonly GPU?: GpuLibrary['GPU'];
    readonly default?: GpuLibrary | GpuLibrary['GPU'];
  };
  const { GPU, default: all } = loaded;
  return { GPU: GPU ?? (all as GpuLibrary).GPU ?? (all as GpuLibrary['GPU']) };
}
