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

/**
 * Compiles and starts the module on `memory`.
 * @throws WasmError when the engine lacks SIMD, or relaxed SIMD is asked for and missing.
 */
export async function instantiate(
  memory: WebAssembly.Memory,
  relaxedSimd: boolean | 'auto',
): Promise<WasmFunctions> {
  const bytes = chooseBytes(relaxedSimd);
  if (!WebAssembly.validate(bytes)) {
    throw new WasmError('this engine does not know WebAssembly SIMD');
  }
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return instance.exports as unknown as WasmFunctions;
}
