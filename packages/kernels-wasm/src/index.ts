export { WasmError, WorkerError } from '@subbyte/wasm-memory';
export { type WasmBackend, type WasmOptions, wasm } from './wasm.ts';
