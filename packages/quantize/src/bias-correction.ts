import { createExecutor, type Graph, type Node, ungroupActivations } from '@subbyte/graph';
import type { NamedBatch } from '@subbyte/reconstruct';
import { type Tensor, tensor } from '@subbyte/tensor';
import type { Layer } from './layers.ts';
import { cutGraph, runSegments } from './segments.ts';

/** Sums per output channel and the number of elements in each. */
interface ChannelSums {
  readonly sums: Float64Array;
  count: number;
}

/** Calls `visit` with each element of `value`, its index and its channel along `axis`. */
function forEachChannel(
  value: Tensor,
  axis: number,
  visit: (data: Float32Array, index: number, channel: number) => void,
): void {
  const from = axis < 0 ? axis + value.shape.length : axis;
  const channels = value.shape[from] as number;
  const inner = value.shape.slice(from + 1).reduce((a, b) => a * b, 1);
  const data = value.data as Float32Array;
  for (let i = 0; i < data.length; i++) visit(data, i, Math.floor(i / inner) % channels);
}

function addChannels(to: ChannelSums, value: Tensor, axis: number): void {
  forEachChannel(value, axis, (data, i, channel) => {
    to.sums[channel] = (to.sums[channel] as number) + (data[i] as number);
  });
  to.count += value.size / to.sums.length;
}

const emptySums = (channels: number): ChannelSums => ({
  sums: new Float64Array(channels),
  count: 0,
});

/** Result of `correctBiases`. */
export interface Correction {
  readonly graph: Graph;
  /** Largest change of a bias per layer name, in units of the layer's result. */
  readonly magnitudes: ReadonlyMap<string, number>;
}

/** Whether the layer's bias is absent or a constant with one element per output channel. */
function canCorrect({ node, channels }: Layer, graph: Graph): boolean {
  const name = node.inputs[2] ?? '';
  if (name === '') return true;
  const bias = graph.constants.get(name);
  return bias?.dtype === 'float32' && bias.shape.length === 1 && bias.size === channels;
}

/**
 * Undoes the shift that quantization gives to the mean of each output channel, before the activation
 * function, layer after layer: each correction sees the inputs that the corrected layers before it give
 * (Nagel et al. 2019, "Data-Free Quantization", section 4.2, with measured means).
 * @param float The graph before quantizers were inserted.
 * @param quantized The same with quantizers; its layers keep their names.
 */
export async function correctBiases(
  float: Graph,
  quantized: Graph,
  layers: readonly Layer[],
  batches: readonly NamedBatch[],
  options: {
    readonly onProgress?: ((done: number, total: number) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<Correction> {
  const byName = new Map(
    layers.filter((layer) => canCorrect(layer, float)).map((layer) => [layer.node.name, layer]),
  );
  const expected = floatMeans(ungroupActivations(float), byName, batches, options.signal);
  const segments = cutGraph(ungroupActivations(quantized), new Set(byName.keys()));
  const shifts = new Map<string, Float64Array>();
  const magnitudes = new Map<string, number>();
  await runSegments(
    segments,
    batches,
    ({ name }, results) => {
      const { resultAxis, channels } = byName.get(name) as Layer;
      const actual = emptySums(channels);
      for (const value of results) addChannels(actual, value, resultAxis);
      const reference = expected.get(name) as ChannelSums;
      const shift = actual.sums.map((sum, channel) =>
        Math.fround((reference.sums[channel] as number) / reference.count - sum / actual.count),
      );
      for (const value of results) {
        forEachChannel(value, resultAxis, (data, i, channel) => {
          data[i] = (data[i] as number) + (shift[channel] as number);
        });
      }
      shifts.set(name, shift);
      magnitudes.set(
        name,
        shift.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
      );
      options.onProgress?.(shifts.size, byName.size);
    },
    options.signal,
  );
  return { graph: shiftBiases(quantized, shifts), magnitudes };
}

function floatMeans(
  graph: Graph,
  layers: ReadonlyMap<string, Layer>,
  batches: readonly NamedBatch[],
  signal: AbortSignal | undefined,
): Map<string, ChannelSums> {
  const means = new Map<string, ChannelSums>();
  const owners = new Map<string, Layer>();
  for (const node of graph.nodes) {
    const layer = layers.get(node.name);
    if (!layer) continue;
    owners.set(node.outputs[0] as string, layer);
    means.set(node.name, emptySums(layer.channels));
  }
  const executor = createExecutor(graph);
  const onValue = (name: string, value: Tensor): void => {
    const layer = owners.get(name);
    if (!layer) return;
    addChannels(means.get(layer.node.name) as ChannelSums, value, layer.resultAxis);
  };
  try {
    for (const batch of batches) {
      const outputs = executor.run(batch, { onValue, signal });
      for (const value of Object.values(outputs)) value.storage.dispose();
    }
  } finally {
    executor.dispose();
  }
  return means;
}

/** Adds to the bias of each layer; layers without one get one. */
function shiftBiases(graph: Graph, shifts: ReadonlyMap<string, Float64Array>): Graph {
  const constants = new Map(graph.constants);
  const used = new Set([...constants.keys(), ...graph.nodes.flatMap(({ outputs }) => outputs)]);
  const nodes = graph.nodes.map((node): Node => {
    const shift = shifts.get(node.name);
    if (!shift) return node;
    const old = graph.constants.get(node.inputs[2] ?? '')?.data as Float32Array | undefined;
    let name = `${node.name}.bias`;
    while (used.has(name)) name += '.corrected';
    used.add(name);
    const values = Float32Array.from(shift, (value, i) => (old?.[i] ?? 0) + value);
    constants.set(name, tensor(values, [values.length]));
    return { ...node, inputs: [node.inputs[0] as string, node.inputs[1] as string, name] };
  });
  return { ...graph, nodes, constants };
}
