import { getBackend, setBackend } from '@subbyte/kernels';
import { type WasmOptions, wasm } from '@subbyte/kernels-wasm';

/** Makes the WebAssembly kernels compute everything from now on; how many threads they have. */
export async function useWasm(options?: WasmOptions): Promise<number> {
  const backend = getBackend() ?? (await wasm(options));
  setBackend(backend);
  return 'threads' in backend ? (backend.threads as number) : 1;
}
