import { fromOnnx } from '@subbyte/onnx';
import { compile } from '@subbyte/runtime';
import { useWasm } from '../io/backend.ts';
import type { Engine } from './engine.ts';

/** Our compiled sessions on integer kernels. */
export const runtimeEngine: Engine = {
  name: 'runtime',
  load: async (model, { threads = 1 } = {}) => {
    await useWasm({ threads });
    const graph = fromOnnx(model.bytes, { externalData: model.externalData });
    const session = await compile(graph, { clock: () => performance.now() });
    return {
      inputNames: session.inputNames,
      outputNames: session.outputNames,
      run: session.run,
      profile: session.profile,
      dispose: session.release,
    };
  },
};
