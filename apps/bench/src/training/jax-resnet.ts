import { Worker } from 'node:worker_threads';

/** ResNet-20 steps of jax-js in a worker. */
export interface JaxResnet {
  /** One training step; rejects when jax-js fails. */
  run(): Promise<void>;
  /** Ends the worker, also in the middle of a step. */
  stop(): Promise<unknown>;
}

/** Starts the worker. */
export function jaxResnet(batch: number): JaxResnet {
  const worker = new Worker(new URL('./jax-resnet-worker.ts', import.meta.url), {
    workerData: batch,
  });
  worker.unref();
  return {
    run: () =>
      new Promise((resolve, reject) => {
        const settle = (failure: unknown): void => {
          worker.removeAllListeners();
          if (failure === undefined) resolve();
          else reject(failure instanceof Error ? failure : new Error(String(failure)));
        };
        worker.on('message', settle);
        worker.on('error', settle);
        worker.on('exit', (code) => settle(`the worker ended with code ${code}`));
        worker.postMessage('step');
      }),
    stop: () => {
      worker.removeAllListeners();
      return worker.terminate();
    },
  };
}
