import { type Graph, type Node, type NodeOf, producersOf, removeUnused } from '@subbyte/graph';
import type { UniformQuantizer } from '@subbyte/quantizers';
import { type Tensor, toNumbers } from '@subbyte/tensor';
import { type Constants, constantsOf } from './constants.ts';
import { quantizerOf } from './grid.ts';

const single = (value: Tensor | undefined): number | undefined =>
  value?.size === 1 ? toNumbers(value)[0] : undefined;

/** The quantizer that a DequantizeLinear undoes, and the value that it quantized. */
function pairOf(
  dequantize: NodeOf<'dequantizeLinear'>,
  producers: ReadonlyMap<string, Node>,
  constants: Constants,
): { readonly input: string; readonly quantizer: UniformQuantizer } | undefined {
  let [min, max] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let node = producers.get(dequantize.inputs[0] as string);
  if (node?.op === 'clip') {
    ({ min, max } = node.attributes);
    node = producers.get(node.inputs[0] as string);
  }
  if (node?.op !== 'quantizeLinear') return undefined;
  const { attributes, inputs } = node;
  const zeroOf = (name: string | undefined): number | undefined =>
    name ? single(constants.get(name)) : 0;
  const [scale, zeroPoint] = [single(constants.get(inputs[1] as string)), zeroOf(inputs[2])];
  if (scale === undefined || zeroPoint === undefined) return undefined;
  if (single(constants.get(dequantize.inputs[1] as string)) !== scale) return undefined;
  if (zeroOf(dequantize.inputs[2]) !== zeroPoint) return undefined;
  const range = [Math.max(attributes.min, min), Math.min(attributes.max, max)] as const;
  const quantizer = quantizerOf(...range, scale, zeroPoint);
  return quantizer && { input: inputs[0] as string, quantizer };
}

/**
 * The graph with a `fakeQuantize` in place of each QuantizeLinear and DequantizeLinear that follow each other
 * with one constant scale, a Clip of the codes between them or not.
 */
export function foldQuantizers(graph: Graph): Graph {
  const producers = producersOf(graph);
  const constants = constantsOf(graph);
  const nodes = graph.nodes.map((node): Node => {
    if (node.op !== 'dequantizeLinear' || constants.has(node.outputs[0] as string)) return node;
    const pair = pairOf(node, producers, constants);
    if (!pair) return node;
    const { input, quantizer } = pair;
    return { ...node, op: 'fakeQuantize', inputs: [input], attributes: { quantizer } };
  });
  return removeUnused({ ...graph, nodes });
}
