/** Thrown when linear memory runs out or the engine cannot run the module. */
export class WasmError extends Error {
  override readonly name: string = 'WasmError';
  /** Stable identifier for programs. */
  readonly code: string = 'SUBBYTE_WASM';
}

/**
 * Thrown when a worker fails, ends or hangs in the middle of a kernel: the result is lost, in-place
 * updates may be half done. The backend goes on, without the workers that are gone.
 */
export class WorkerError extends WasmError {
  override readonly name = 'WorkerError';
  override readonly code = 'SUBBYTE_WASM_WORKER';
}
