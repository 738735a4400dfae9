import type { Executor, RunOptions } from '@subbyte/graph';
import { type Tensor, toHeap } from '@subbyte/tensor';
import type { Values } from './engine.ts';

/** Runs a graph and moves its outputs out of the backend, so that callers may keep as many as they like. */
export function runToHeap(executor: Executor, inputs: Values, options?: RunOptions): Values {
  const outputs: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(executor.run(inputs, options))) {
    outputs[name] = toHeap(value);
    value.storage.dispose();
  }
  return outputs;
}
