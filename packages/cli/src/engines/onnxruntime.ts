import { dataTypes, heap, type Tensor, tensor } from '@subbyte/tensor';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { CliError } from '../errors.ts';
import type { Session, Values } from './engine.ts';

/** The part of the onnxruntime API that its Node and its web package share. */
export interface Onnxruntime {
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: typeof OrtTensor;
}

function fromOrt(value: OrtTensor, name: string): Tensor {
  const dtype = dataTypes.find((candidate) => candidate === value.type);
  if (dtype === undefined) {
    throw new CliError(`output "${name}" is ${value.type}, which subbyte has no type for`);
  }
  return tensor(value.data as Float32Array, value.dims, dtype as 'float32');
}

const isKnown = (name: string, names: readonly string[]): boolean => names.includes(name);

/** A session of ours around one of onnxruntime's. */
export function wrapSession(ort: Onnxruntime, session: InferenceSession): Session {
  const { inputNames, outputNames } = session;
  return {
    inputNames,
    outputNames,
    run: async (inputs) => {
      const feeds: Record<string, OrtTensor> = {};
      for (const [name, value] of Object.entries(inputs)) {
        if (!isKnown(name, inputNames)) continue;
        // A copy when the values live in WebAssembly memory, which may move.
        const { data: view, storage } = value;
        const data = storage.owner === heap ? view : view.slice();
        // The names of element types are the same there; its overloads want each spelled out.
        feeds[name] = new ort.Tensor(value.dtype as 'float32', data as Float32Array, value.shape);
      }
      const results = await session.run(feeds);
      const outputs = Object.entries(results).map(([name, value]) => [name, fromOrt(value, name)]);
      return Object.fromEntries(outputs) as Values;
    },
    dispose: () => session.release(),
  };
}

/** Turns what onnxruntime says about a model it refuses into one line. */
export async function explainFailure<Result>(
  engine: string,
  path: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const message = (error as Error).message.split('\n')[0];
    throw new CliError(`${engine} refuses ${path}: ${message}`, { cause: error });
  }
}
