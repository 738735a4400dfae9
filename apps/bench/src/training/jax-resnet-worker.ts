// Runs ResNet-20 steps of jax-js in a worker, so that a step that takes too long can be ended.
import { parentPort, workerData } from 'node:worker_threads';
import { jaxResnetStep, startJax } from './jax.ts';

await startJax();
const step = jaxResnetStep(workerData as number);
parentPort?.on('message', async () => {
  try {
    await step();
    parentPort?.postMessage(undefined);
  } catch (error) {
    parentPort?.postMessage(error instanceof Error ? error.message : String(error));
  }
});
