import type { Device, DeviceSource } from '@subbyte/kernels';
import { tensor } from '@subbyte/tensor';
import { createDevice } from './device.ts';
import { GpuError } from './errors.ts';
import { loadLibrary } from './library.ts';
import { type GpuMode, openMode } from './mode.ts';

/** Options of `gpu`. */
export interface GpuOptions {
  /**
   * `auto` (the default): WebGPU where there is an adapter, else WebGL2. `webasm` and `cpu` compute without a GPU: for tests.
   */
  readonly mode?: GpuMode | undefined;
}

/** Values that half precision would change, and the largest whole number that packed weights need. */
const probe = [2 ** 24 - 1, 1 + 2 ** -23, -0.1, 65_505];

/** @throws GpuError unless the device gives back float32 as it got it, and doubled. */
async function check(device: Device): Promise<void> {
  const there = device.upload(tensor(probe));
  const doubled = device.kernels.add([there, there], {});
  const [same, twice] = [await device.download(there), await device.download(doubled)];
  there.storage.dispose();
  doubled.storage.dispose();
  for (const [i, value] of probe.entries()) {
    const expected = Math.fround(value);
    if (same.data[i] === expected && twice.data[i] === 2 * expected) continue;
    throw new GpuError(`it does not compute in float32: ${expected} became ${same.data[i]}`);
  }
}

/**
 * A GPU, for `compile(graph, { backend: gpu() })`. Nothing is loaded or opened before `compile` asks for it; `open` rejects with a
 * `GpuError` that says why no mode works.
 */
export function gpu({ mode = 'auto' }: GpuOptions = {}): DeviceSource {
  return {
    open: async () => {
      const library = await loadLibrary();
      return openMode(library, mode, async (one) => {
        const device = createDevice(new library.GPU({ mode: one }), one);
        try {
          await check(device);
        } catch (cause) {
          await device.dispose();
          throw cause;
        }
        return device;
      });
    },
  };
}
