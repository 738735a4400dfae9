// Folds what scales and shifts the channels of a layer's result into its weights and bias:
// y = s (w x + b) + t  becomes  (s w) x + (s b + t).

import { type Tensor, tensor } from '@subbyte/tensor';
import { nameSource } from './edit.ts';
import { inferTypes } from './infer-types.ts';
import { type ConstantLayer, channelOfWeight, constantLayer } from './layers.ts';
import { consumersOf, soleConsumer } from './links.ts';
import { removeUnused } from './remove-unused.ts';
import type { Graph, Node } from './types.ts';

/** Options of `foldBatchNorm`. */
export interface FoldBatchNormOptions {
  /** Fold only what is spelled out, and leave `batchNorm` nodes. Default: false. */
  readonly keepBatchNorm?: boolean | undefined;
}

/** `scale * y + shift` for each channel. */
interface Affine {
  readonly scale: readonly number[];
  readonly shift: readonly number[];
}

/** Where the layer's result has its channels. */
interface Channels {
  readonly rank: number;
  readonly axis: number;
  readonly count: number;
}

/** Elements of a constant per channel; `undefined` when it differs along another axis. */
function perChannel(
  value: Tensor | undefined,
  { rank, axis, count }: Channels,
): number[] | undefined {
  if (value?.dtype !== 'float32' || value.shape.length > rank) return undefined;
  const lead = rank - value.shape.length;
  const fits = value.shape.every((size, i) => size === 1 || (i + lead === axis && size === count));
  if (!fits) return undefined;
  const data = value.data as Float32Array;
  return Array.from({ length: count }, (_, i) => data[value.size === 1 ? 0 : i] as number);
}

function batchNorm(node: Node, graph: Graph, { axis, count }: Channels): Affine | undefined {
  if (node.op !== 'batchNorm' || axis !== 1) return undefined;
  const operands = node.inputs.slice(1).map((name) => graph.constants.get(name));
  const [gamma, beta, mean, variance] = operands.map((value) =>
    perChannel(value, { rank: 1, axis: 0, count }),
  );
  if (!gamma || !beta || !mean || !variance) return undefined;
  const { epsilon } = node.attributes;
  const scale = gamma.map((g, i) => g / Math.sqrt((variance[i] as number) + epsilon));
  const shift = beta.map((b, i) => b - (mean[i] as number) * (scale[i] as number));
  return { scale, shift };
}

/** What `node` does to its operand `value`, if that is one scale and shift per channel. */
function affineOf(node: Node, value: string, graph: Graph, channels: Channels): Affine | undefined {
  if (node.op === 'batchNorm') {
    return node.inputs[0] === value ? batchNorm(node, graph, channels) : undefined;
  }
  if (node.op !== 'mul' && node.op !== 'add' && node.op !== 'sub' && node.op !== 'div') {
    return undefined;
  }
  const first = node.inputs[0] === value;
  const c = perChannel(graph.constants.get(node.inputs[first ? 1 : 0] ?? ''), channels);
  if (!c) return undefined;
  const fill = (x: number): number[] => c.map(() => x);
  if (node.op === 'mul') return { scale: c, shift: fill(0) };
  if (node.op === 'add') return { scale: fill(1), shift: c };
  if (node.op === 'sub') {
    return first ? { scale: fill(1), shift: c.map((x) => -x) } : { scale: fill(-1), shift: c };
  }
  return first ? { scale: c.map((x) => 1 / x), shift: fill(0) } : undefined;
}

function scaledWeight(layer: ConstantLayer, { scale }: Affine): Tensor<'float32'> {
  const channelOf = channelOfWeight(layer);
  const { data, shape } = layer.weight;
  return tensor(
    data.map((w, i) => w * (scale[channelOf(i)] as number)),
    shape,
  );
}

function shiftedBias(
  { bias, channels }: ConstantLayer,
  { scale, shift }: Affine,
): Tensor<'float32'> {
  const data = bias?.data;
  const values = Float32Array.from({ length: channels }, (_, i) => {
    const own = data?.[data.length === 1 ? 0 : i] ?? 0;
    return own * (scale[i] as number) + (shift[i] as number);
  });
  return tensor(values, [channels]);
}

/**
 * Folds batch norm, and multiplications, divisions, additions and subtractions by constants per
 * channel, into the convolution or matrix product before them: w' = w γ / σ, b' = β + (b - μ) γ / σ
 * with σ = sqrt(variance + epsilon). Only where nothing else reads the layer's result, and its
 * weights are constants.
 */
export function foldBatchNorm(graph: Graph, options: FoldBatchNormOptions = {}): Graph {
  const consumers = consumersOf(graph);
  const types = inferTypes(graph);
  const fresh = nameSource(graph);
  const constants = new Map(graph.constants);
  const nodes: Node[] = [];
  const place = new Map<string, number>();
  let changed = false;

  const fold = (node: Node): boolean => {
    if (options.keepBatchNorm && node.op === 'batchNorm') return false;
    for (const value of new Set(node.inputs)) {
      const index = place.get(value);
      const layerNode = index === undefined ? undefined : nodes[index];
      if (index === undefined || !layerNode || soleConsumer(graph, consumers, value) !== node)
        continue;
      const layer = constantLayer({ constants }, layerNode);
      const rank = types.get(value)?.shape?.length;
      if (!layer || layer.node.attributes.activation || rank === undefined) continue;
      if (
        layer.bias &&
        !perChannel(layer.bias, {
          rank: layer.bias.shape.length,
          axis: layer.bias.shape.length - 1,
          count: layer.channels,
        })
      )
        continue;
      const axis = layerNode.op === 'matmul' ? rank - 1 : 1;
      const affine = affineOf(node, value, graph, { rank, axis, count: layer.channels });
      if (!affine) continue;
      const inputs = [...layerNode.inputs];
      if (affine.scale.some((s) => s !== 1)) {
        const name = inputs[1] as string;
        inputs[1] = consumers.get(name)?.length === 1 ? name : fresh(name);
        constants.set(inputs[1], scaledWeight(layer, affine));
      }
      inputs[2] = fresh(`${layerNode.name}.bias`);
      constants.set(inputs[2], shiftedBias(layer, affine));
      nodes[index] = { ...layerNode, inputs, outputs: node.outputs };
      place.set(node.outputs[0] as string, index);
      return true;
    }
    return false;
  };

  for (const node of graph.nodes) {
    if (fold(node)) {
      changed = true;
      continue;
    }
    for (const output of node.outputs) place.set(output, nodes.length);
    nodes.push(node);
  }
  return changed ? removeUnused({ ...graph, nodes, constants }) : graph;
}
