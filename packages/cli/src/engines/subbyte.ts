import { createExecutor, simplify } from '@subbyte/graph';
import { fromOnnx } from '@subbyte/onnx';
import { scope, toHeap } from '@subbyte/tensor';
import { useWasm } from '../io/backend.ts';
import type { Engine, Values } from './engine.ts';

/** Our own executor on the WebAssembly kernels. */
export const subbyteEngine: Engine = {
  name: 'subbyte',
  load: async (model) => {
    await useWasm();
    const graph = simplify(fromOnnx(model.bytes, { externalData: model.externalData }));
    const executor = createExecutor(graph);
    return {
      inputNames: graph.inputs.map(({ name }) => name),
      outputNames: graph.outputs.map(({ name }) => name),
      // Copies to the heap, so that callers may keep as many results as they like.
      run: async (inputs) =>
        scope(() => {
          const outputs = Object.entries(executor.run(inputs));
          return Object.fromEntries(outputs.map(([name, value]) => [name, toHeap(value)]));
        }) as Values,
      dispose: async () => executor.dispose(),
    };
  },
};
