import type { Graph, Node, OpName } from '@subbyte/graph';
import { type Granularity, perTensor } from '@subbyte/quantizers';
import type { Shape, Tensor } from '@subbyte/tensor';

/** Operations that may have weights to quantize. */
export const weightedOps: ReadonlySet<OpName> = new Set(['conv2d', 'convTranspose2d', 'matmul']);

/** A node that multiplies by constant weights. */
export interface Layer {
  readonly node: Node;
  /** Name of the weight constant, operand 1. */
  readonly weight: string;
  /** Axis of the weight that counts output channels; `undefined` when no single axis does. */
  readonly channelAxis: number | undefined;
  /** Axis of the weight that counts input channels; groups lie along it. */
  readonly inputAxis: number;
  /** Axis of the result that counts output channels, from the front, or -1 for the last. */
  readonly resultAxis: number;
  /** Number of output channels. */
  readonly channels: number;
}

function convTransposeAxis(weight: Tensor, groups: number): number | undefined {
  if (groups === 1) return 1;
  // Depthwise: one output channel per input channel.
  return weight.shape[1] === 1 ? 0 : undefined;
}

/** The layer that `node` is, or the reason why it has no weights to quantize. */
export function layerOf(node: Node, graph: Graph): Layer | string {
  if (node.op !== 'conv2d' && node.op !== 'convTranspose2d' && node.op !== 'matmul') {
    return `${node.op} has no weights`;
  }
  const weight = node.inputs[1] as string;
  const value = graph.constants.get(weight);
  if (!value) return 'its second operand is computed, not constant';
  if (value.dtype !== 'float32') return `its weights are ${value.dtype}`;
  if (value.size === 0) return 'its weights are empty';
  if (graph.constants.has(node.inputs[0] as string)) return 'both operands are constant';
  const { shape } = value;
  const rank = shape.length;
  if (node.op === 'matmul') {
    if (rank < 2) return 'its second operand is a vector';
    const { transposeB } = node.attributes;
    const channelAxis = transposeB ? rank - 2 : rank - 1;
    const inputAxis = transposeB ? rank - 1 : rank - 2;
    const channels = shape[channelAxis] as number;
    return { node, weight, channelAxis, inputAxis, resultAxis: -1, channels };
  }
  const { groups } = node.attributes;
  if (node.op === 'conv2d') {
    const channels = shape[0] as number;
    return { node, weight, channelAxis: 0, inputAxis: 1, resultAxis: 1, channels };
  }
  const channelAxis = convTransposeAxis(value, groups);
  const channels = (shape[1] as number) * groups;
  return { node, weight, channelAxis, inputAxis: 0, resultAxis: 1, channels };
}

/**
 * The granularity of a layer's weights of `shape`. Layers with fewer inputs than a group takes (depthwise
 * convolutions) have a scale per channel: theirs would be nearly as many as their weights.
 */
export function weightGranularity(
  layer: Layer,
  shape: Shape,
  kind: 'perTensor' | 'perChannel' | 'perGroup',
  groupSize: number,
): Granularity {
  const enough = (shape[layer.inputAxis] ?? 0) >= groupSize;
  if (kind === 'perGroup' && enough) return { kind, axis: layer.inputAxis, size: groupSize };
  if (kind === 'perTensor' || layer.channelAxis === undefined) return perTensor;
  return { kind: 'perChannel', axis: layer.channelAxis };
}

/** Names of the layers that no other layer comes before, and of those that none comes after. */
export function endLayers(
  graph: Graph,
  layers: ReadonlyMap<string, Layer>,
): { first: ReadonlySet<string>; last: ReadonlySet<string> } {
  const first = new Set<string>();
  const last = new Set<string>();
  const below = new Set<string>();
  for (const node of graph.nodes) {
    const follows = node.inputs.some((input) => below.has(input));
    const isLayer = layers.has(node.name);
    if (isLayer && !follows) first.add(node.name);
    if (isLayer || follows) for (const output of node.outputs) below.add(output);
  }
  const above = new Set<string>();
  for (const node of graph.nodes.toReversed()) {
    const leads = node.outputs.some((output) => above.has(output));
    const isLayer = layers.has(node.name);
    if (isLayer && !leads) last.add(node.name);
    if (isLayer || leads) for (const input of node.inputs) above.add(input);
  }
  return { first, last };
}
