import { externalLocations } from '../io/external-locations.ts';
import { loadPeer } from '../io/peer.ts';
import type { Engine } from './engine.ts';
import { explainFailure, wrapSession } from './onnxruntime.ts';

/** onnxruntime's WebAssembly engine, the one browsers get. */
export const ortWebEngine: Engine = {
  name: 'ort-web',
  load: async (model, { threads = 1 } = {}) => {
    const ort = await loadPeer(
      'onnxruntime-web',
      'the engine ort-web',
      () => import('onnxruntime-web'),
    );
    ort.env.wasm.numThreads = threads;
    const externalData = externalLocations(model.bytes).map((path) => ({
      path,
      data: model.externalData(path),
    }));
    const session = await explainFailure('ort-web', model.path, () =>
      ort.InferenceSession.create(model.bytes, {
        executionProviders: ['wasm'],
        logSeverityLevel: 3,
        externalData,
      }),
    );
    return wrapSession(ort, session);
  },
};
