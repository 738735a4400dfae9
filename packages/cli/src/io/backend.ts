import { getBackend, setBackend } from '@subbyte/kernels';
import { type WasmOptions, wasm } from '@subbyte/kernels-wasm';

/** Makes the WebAssembly kernels compute everything from now on. */
export async function useWasm(options?: WasmOptions): Promise<void> {
  if (!getBackend()) setBackend(await wasm(options));
}
