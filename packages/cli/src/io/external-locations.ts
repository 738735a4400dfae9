import { decodeModel } from '@subbyte/onnx-proto';

const external = 1;

/** The files beside a model that hold its weights, as the model names them; each once. */
export function externalLocations(bytes: Uint8Array): string[] {
  const locations = new Set<string>();
  for (const { dataLocation, externalData } of decodeModel(bytes).graph?.initializer ?? []) {
    if (dataLocation !== external) continue;
    const location = externalData?.find(({ key }) => key === 'location')?.value;
    if (location) locations.add(location);
  }
  return [...locations];
}
