import { loadPeer } from '../io/peer.ts';
import type { Engine } from './engine.ts';
import { explainFailure, wrapSession } from './onnxruntime.ts';

const load = () =>
  loadPeer('onnxruntime-node', 'the engine ort-node', () => import('onnxruntime-node'));

/** onnxruntime's native CPU engine. */
export const ortNodeEngine: Engine = {
  name: 'ort-node',
  load: async (model, { threads = 1 } = {}) => {
    const ort = await load();
    const session = await explainFailure('ort-node', model.path, () =>
      // By path, so that it finds external data itself.
      ort.InferenceSession.create(model.path, { intraOpNumThreads: threads, logSeverityLevel: 3 }),
    );
    return wrapSession(ort, session);
  },
};

/** Writes the model as onnxruntime rewrites it for this machine: fused, with integer kernels. */
export async function saveOptimized(modelPath: string, optimizedPath: string): Promise<void> {
  const ort = await load();
  const session = await explainFailure('ort-node', modelPath, () =>
    ort.InferenceSession.create(modelPath, {
      optimizedModelFilePath: optimizedPath,
      logSeverityLevel: 3,
    }),
  );
  await session.release();
}
