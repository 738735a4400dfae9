// Folds what scales and shifts the operand of a layer into the layer's weights and bias:
// w (s x + t) + b  becomes  (w s) x + (w t + b).

import { type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { nameSource } from './edit.ts';
import { inferTypes } from './infer-types.ts';
import { type ConstantLayer, channelOfWeight, constantLayer } from './layers.ts';
import { consumersOf, producersOf, soleConsumer } from './links.ts';
import { removeUnused } from './remove-unused.ts';
import type { Graph, Node } from './types.ts';

/** The operand of a `mul` or `add` that is no constant, and the number that the other one is. */
function numberAnd(graph: Graph, node: Node): [value: string, number: number] | undefined {
  if (node.op !== 'mul' && node.op !== 'add') return undefined;
  for (const [constant, value] of [node.inputs, node.inputs.toReversed()] as [string, string][]) {
    const tensor = graph.constants.get(constant);
    if (tensor?.dtype === 'float32' && tensor.size === 1) {
      return [value, toNumbers(tensor)[0] as number];
    }
  }
  return undefined;
}

/** Whether the bias, if there is one, is a number for each output channel. */
function hasPlainBias({ bias, channels }: ConstantLayer): boolean {
  return !bias || (bias.shape.length === 1 && bias.size === channels);
}

/** The bias with `shift` times the sum of each output channel's weights added. */
function shiftedBias(layer: ConstantLayer, shift: number): Tensor {
  const sums = new Float64Array(layer.channels);
  const channelOf = channelOfWeight(layer);
  for (const [i, w] of layer.weight.data.entries()) {
    const channel = channelOf(i);
    sums[channel] = (sums[channel] as number) + w;
  }
  const own = layer.bias?.data;
  return tensor(
    Float32Array.from(sums, (total, i) => total * shift + (own?.[i] ?? 0)),
    [layer.channels],
  );
}

/**
 * Folds multiplications by one number, and additions of one number where the layer does not pad,
 * into the convolution or matrix product that is their only reader. A sum in front of a layer that
 * pads stays; a product in front of such a sum is pulled through it: s x + t = s (x + t / s).
 */
export function foldIntoNext(graph: Graph): Graph {
  const types = inferTypes(graph);
  const consumers = consumersOf(graph);
  const producers = producersOf(graph);
  const fresh = nameSource(graph);
  const constants = new Map(graph.constants);
  const replaced = new Map<Node, Node>();
  const rank = (name: string): number | undefined => types.get(name)?.shape?.length;

  /** The product or sum that makes `value`, when only `reader` reads it. */
  const before = (op: 'mul' | 'add', value: string, reader: Node): [string, number] | undefined => {
    const node = producers.get(value);
    if (node?.op !== op || soleConsumer(graph, consumers, value) !== reader) return undefined;
    const found = numberAnd(graph, node);
    return found && rank(found[0]) !== undefined && rank(found[0]) === rank(value)
      ? found
      : undefined;
  };

  for (const node of graph.nodes) {
    const layer = constantLayer(graph, node);
    const [operand, weightName] = node.inputs as [string, string];
    // Transposed convolutions add up a varying number of weights at each place.
    if (!layer || node.op === 'convTranspose2d' || !hasPlainBias(layer)) continue;
    const pads = node.op === 'conv2d' && node.attributes.padding.some((n) => n !== 0);
    const sum = before('add', operand, node);
    const sumNode = sum && (producers.get(operand) as Node);
    const product = before('mul', sum?.[0] ?? operand, sumNode ?? node);
    const scale = product?.[1] ?? 1;
    // Dividing a shift by next to nothing would overflow.
    if (Math.abs(scale) < 1e-6 || (!product && (!sum || pads))) continue;
    const source = product?.[0] ?? (sum?.[0] as string);
    const inputs = [...node.inputs];
    if (sumNode && pads) {
      const name = fresh(`${sumNode.name}.shift`);
      constants.set(name, tensor([sum[1] / scale], []));
      replaced.set(sumNode, { ...sumNode, inputs: [source, name] } as Node);
    } else {
      inputs[0] = source;
    }
    if (sum && !pads) {
      inputs[2] = fresh(`${node.name}.bias`);
      constants.set(inputs[2], shiftedBias(layer, sum[1]));
    }
    if (scale !== 1) {
      const { data, shape } = layer.weight;
      inputs[1] = consumers.get(weightName)?.length === 1 ? weightName : fresh(weightName);
      const scaled = data.map((w) => w * scale);
      constants.set(inputs[1], tensor(scaled, shape));
    }
    replaced.set(node, { ...node, inputs } as Node);
  }
  if (replaced.size === 0) return graph;
  const nodes = graph.nodes.map((node) => replaced.get(node) ?? node);
  return removeUnused({ ...graph, nodes, constants });
}
