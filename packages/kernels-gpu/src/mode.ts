import { GpuError } from './errors.ts';
import type { GpuLibrary } from './library.ts';

/** How gpu.js computes; `auto`: WebGPU, else WebGL2. */
export type GpuMode = 'webgpu' | 'webgl2' | 'webasm' | 'cpu' | 'auto';

/** A mode that is not chosen for you. */
export type FixedMode = Exclude<GpuMode, 'auto'>;

/** Why `mode` does not work here, as far as can be known without running anything. */
async function whyNot(library: GpuLibrary, mode: FixedMode): Promise<string | undefined> {
  const { GPU } = library;
  if (mode === 'webgpu') {
    if (!GPU.isWebGPUSupported) return 'no navigator.gpu';
    return (await GPU.isWebGPUAvailable()) ? undefined : 'no adapter';
  }
  if (mode === 'webgl2') return GPU.isWebGL2Supported ? undefined : 'no context';
  if (mode === 'webasm') return GPU.isWebAssemblySupported ? undefined : 'no WebAssembly';
  return undefined;
}

/**
 * The first mode of those that `mode` stands for which passes `tryOut`.
 * @throws GpuError that says of each why it does not work.
 */
export async function openMode<Opened>(
  library: GpuLibrary,
  mode: GpuMode,
  tryOut: (mode: FixedMode) => Promise<Opened>,
): Promise<Opened> {
  const reasons: string[] = [];
  for (const one of mode === 'auto' ? (['webgpu', 'webgl2'] as const) : [mode]) {
    let reason = await whyNot(library, one);
    if (reason === undefined) {
      try {
        return await tryOut(one);
      } catch (cause) {
        reason = cause instanceof Error ? cause.message : String(cause);
      }
    }
    reasons.push(`${one}: ${reason}`);
  }
  throw new GpuError(`no GPU: ${reasons.join('; ')}`);
}
