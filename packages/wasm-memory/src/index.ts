export { WasmError, WorkerError } from './errors.ts';
export { createMemory, type Memory } from './memory.ts';
export type { Work } from './recorder.ts';
export { canShare } from './start-worker.ts';
export {
  createStorageFactory,
  releaser,
  type StorageFactory,
  type WasmStorage,
} from './storage.ts';
export { oneThread, startThreads, type Threads } from './threads.ts';
