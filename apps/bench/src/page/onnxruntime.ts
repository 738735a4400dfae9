import glue from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import binary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import { type Session, wrapSession } from 'subbyte/bench';

/** Threads that onnxruntime-web gets for those asked for: it needs memory that can be shared. */
export const theirThreads = (threads: number): number =>
  globalThis.crossOriginIsolated ? threads : 1;

/** Loads a model in onnxruntime-web; `threads` counts the first time only. */
export async function loadOrt(bytes: Uint8Array, threads: number): Promise<Session> {
  env.wasm.numThreads = theirThreads(threads);
  env.wasm.wasmPaths = { mjs: glue, wasm: binary };
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['wasm'],
    logSeverityLevel: 3,
  });
  return wrapSession({ InferenceSession, Tensor } as never, session as never);
}
