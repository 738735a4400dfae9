/** Thrown when linear memory runs out or the engine cannot run the module. */
export class WasmError extends Error {
  override readonly name = 'WasmError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_WASM';
}
