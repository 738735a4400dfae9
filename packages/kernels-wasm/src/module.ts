import { WasmError } from '@subbyte/wasm-memory';
import { applyPatch } from './apply-patch.ts';
import { floats, floatsRelaxed, integers, integersRelaxed } from './binary.ts';
import type { WasmFunctions } from './functions.ts';

async function decode(base64: string): Promise<Uint8Array<ArrayBuffer>> {
  const deflated = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([deflated]).stream();
  const bytes = stream.pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(bytes).arrayBuffer());
}

/** A module's bytes. */
interface Choice {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly relaxed: boolean;
}

/** The module with relaxed SIMD or the one that `patch` makes it of, or the former where the engine knows it. */
async function choose(
  baseline: string,
  patch: string,
  relaxedSimd: boolean | 'auto',
): Promise<Choice> {
  const bytes = await decode(baseline);
  if (relaxedSimd === false) return { bytes, relaxed: false };
  const relaxed = applyPatch(bytes, await decode(patch));
  if (WebAssembly.validate(relaxed)) return { bytes: relaxed, relaxed: true };
  if (relaxedSimd === 'auto') return { bytes, relaxed: false };
  throw new WasmError('this engine does not know WebAssembly relaxed SIMD');
}

/** The import of the memory: `env`, `memory`, its kind, and flags that say it has a maximum. */
const memoryImport: readonly number[] = [3, ...new TextEncoder().encode('env')].concat(
  [6, ...new TextEncoder().encode('memory')],
  [2, 1],
);

/** Marks the memory that the module imports as shared: one bit of its flags. */
function importShared(bytes: Uint8Array): void {
  const start = bytes.findIndex((_, i) => memoryImport.every((byte, k) => bytes[i + k] === byte));
  if (start < 0) throw new WasmError('the module does not import a memory');
  bytes[start + memoryImport.length - 1] = 3;
}

/** The compiled modules on their memory. */
export interface Instance {
  readonly modules: readonly WebAssembly.Module[];
  /** The functions of all modules. */
  readonly functions: WasmFunctions;
  /** Whether the integer kernels have the relaxed dot product. */
  readonly relaxedDot: boolean;
}

/**
 * Compiles and starts the module of the float kernels and that of the integer kernels on `memory`.
 * @throws WasmError when the engine lacks SIMD, or relaxed SIMD is asked for and missing.
 */
export async function instantiate(
  memory: WebAssembly.Memory,
  relaxedSimd: boolean | 'auto',
  relaxedDot: boolean | 'auto',
): Promise<Instance> {
  const chosen = await Promise.all([
    choose(floats, floatsRelaxed, relaxedSimd),
    choose(integers, integersRelaxed, relaxedDot),
  ]);
  const started = await Promise.all(
    chosen.map(({ bytes }) => {
      if (!(memory.buffer instanceof ArrayBuffer)) importShared(bytes);
      if (!WebAssembly.validate(bytes)) {
        throw new WasmError('this engine does not know WebAssembly SIMD');
      }
      return WebAssembly.instantiate(bytes, { env: { memory } });
    }),
  );
  return {
    modules: started.map(({ module }) => module),
    functions: Object.assign({}, ...started.map(({ instance }) => instance.exports)),
    relaxedDot: chosen[1].relaxed,
  };
}
