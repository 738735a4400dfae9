import { createExecutor, simplify } from '@subbyte/graph';
import { fromOnnx } from '@subbyte/onnx';
import { useWasm } from '../io/backend.ts';
import type { Engine } from './engine.ts';
import { runToHeap } from './run-executor.ts';

/** Our own executor on the WebAssembly kernels. */
export const subbyteEngine: Engine = {
  name: 'subbyte',
  load: async (model, { threads = 1 } = {}) => {
    await useWasm({ threads });
    const graph = simplify(fromOnnx(model.bytes, { externalData: model.externalData }));
    const executor = createExecutor(graph);
    return {
      inputNames: graph.inputs.map(({ name }) => name),
      outputNames: graph.outputs.map(({ name }) => name),
      run: async (inputs) => runToHeap(executor, inputs),
      dispose: async () => executor.dispose(),
    };
  },
};
