export { WasmError, WorkerError } from './errors.ts';
export { type WasmBackend, type WasmOptions, wasm } from './wasm.ts';
