import { getBackend, setBackend } from '@subbyte/kernels';
import { wasm } from '@subbyte/kernels-wasm';

/** Makes the WebAssembly kernels compute everything from now on. */
export async function useWasm(): Promise<void> {
  if (!getBackend()) setBackend(await wasm());
}
