export { WasmError, WorkerError } from './errors.ts';
export { createMemory, type Memory } from './memory.ts';
export { inTurn, type Repeat, type Work } from './recorder.ts';
export { canShare } from './start-worker.ts';
export {
  createStorageFactory,
  type StorageFactory,
  type WasmStorage,
} from './storage.ts';
export { oneThread, startThreads, type Threads } from './threads.ts';
