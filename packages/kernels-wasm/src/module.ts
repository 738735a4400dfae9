import { baseline, relaxed } from './binary.ts';
import { WasmError } from './errors.ts';
import type { WasmFunctions } from './functions.ts';

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** The module's bytes: with relaxed SIMD or without, or with it where the engine has it. */
function chooseBytes(relaxedSimd: boolean | 'auto'): Uint8Array<ArrayBuffer> {
  if (relaxedSimd === false) return decode(baseline);
  const bytes = decode(relaxed);
  if (WebAssembly.validate(bytes)) return bytes;
  if (relaxedSimd === 'auto') return decode(baseline);
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

/** A compiled module on its memory. */
export interface Instance {
  readonly module: WebAssembly.Module;
  readonly functions: WasmFunctions;
}

/**
 * Compiles and starts the module on `memory`.
 * @throws WasmError when the engine lacks SIMD, or relaxed SIMD is asked for and missing.
 */
export async function instantiate(
  memory: WebAssembly.Memory,
  relaxedSimd: boolean | 'auto',
): Promise<Instance> {
  const bytes = chooseBytes(relaxedSimd);
  if (!(memory.buffer instanceof ArrayBuffer)) importShared(bytes);
  if (!WebAssembly.validate(bytes)) {
    throw new WasmError('this engine does not know WebAssembly SIMD');
  }
  const { module, instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return { module, functions: instance.exports as unknown as WasmFunctions };
}
