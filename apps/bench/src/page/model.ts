import type { Graph } from '@subbyte/graph';
import { fromOnnx, toOnnx } from '@subbyte/onnx';
import { quantize } from '@subbyte/quantize';
import type { Tensor } from '@subbyte/tensor';
import { type VariantName, variants } from './contestants.ts';
import type { ModelSource } from './messages.ts';
import { networkNames } from './network-names.ts';
import { networks } from './networks.ts';

/** A model and how it came. */
export interface Model {
  readonly title: string;
  readonly graph: Graph;
  /** The file, where it came as one. */
  readonly file?: Uint8Array;
  /** It came quantized: there are no other forms of it. */
  readonly asIs: boolean;
}

const quantizing: ReadonlySet<string> = new Set([
  'fakeQuantize',
  'quantizeLinear',
  'dequantizeLinear',
]);

/** Makes or reads a model. @throws OnnxError and others for files that are none. */
export function openModel(source: ModelSource): Model {
  if (source.kind === 'network') {
    const graph = networks[source.name]();
    return { title: networkNames[source.name].title, graph, asIs: false };
  }
  const graph = fromOnnx(source.bytes);
  const asIs = graph.nodes.some(({ op }) => quantizing.has(op));
  return { title: source.name, graph, file: source.bytes, asIs };
}

/** A form of a model: for our runtime, and as a file. */
export interface Formed {
  readonly graph: Graph;
  readonly bytes: Uint8Array;
}

/**
 * Brings a model into a form. Ranges come from one batch of noise: they decide how accurate it is, not how fast.
 * @param onProgress what is being done.
 */
export async function formOf(
  model: Model,
  name: VariantName,
  feeds: Readonly<Record<string, Tensor>>,
  options: {
    readonly signal: AbortSignal;
    readonly onProgress: (done: number, total: number) => void;
  },
): Promise<Formed> {
  const { graph, file } = model;
  if (name === 'float') return { graph, bytes: file ?? toOnnx(graph, { form: 'float' }) };
  const { weights, activations, form } = variants[name];
  const { graph: quantized } = await quantize(graph, {
    weights: { bits: weights },
    activations: { bits: activations, observer: 'minMax' },
    calibration: [feeds],
    biasCorrection: false,
    signal: options.signal,
    onProgress: ({ done, total }) => options.onProgress(done, total),
  });
  return { graph: quantized, bytes: toOnnx(quantized, { form }) };
}
