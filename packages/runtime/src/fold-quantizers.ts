import { type Graph, type Node, type NodeOf, producersOf, removeUnused } from '@subbyte/graph';
import type { UniformQuantizer } from '@subbyte/quantizers';
import { type Tensor, toNumbers } from '@subbyte/tensor';
import { type Constants, constantsOf } from './constants.ts';
import { quantizerOf } from './grid.ts';
import { movesElements } from './moves-elements.ts';

const single = (value: Tensor | undefined): number | undefined =>
  value?.size === 1 ? toNumbers(value)[0] : undefined;

/** What a QuantizeLinear and a DequantizeLinear do together. */
interface Pair {
  /** The value that is quantized. */
  readonly input: string;
  readonly quantizer: UniformQuantizer;
  /** What moves the codes between them, in order. */
  readonly moved: readonly Node[];
}

/** The quantizer that a DequantizeLinear undoes. */
function pairOf(
  dequantize: NodeOf<'dequantizeLinear'>,
  producers: ReadonlyMap<string, Node>,
  constants: Constants,
): Pair | undefined {
  const zeroOf = (name: string | undefined): number | undefined =>
    name ? single(constants.get(name)) : 0;
  const zero = zeroOf(dequantize.inputs[2]);
  let [min, max] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const moved: Node[] = [];
  let node = producers.get(dequantize.inputs[0] as string);
  while (node && node.op !== 'quantizeLinear') {
    if (node.op === 'clip') {
      min = Math.max(min, node.attributes.min);
      max = Math.min(max, node.attributes.max);
    } else if (movesElements(node, zero)) moved.unshift(node);
    else return undefined;
    node = producers.get(node.inputs[0] as string);
  }
  if (!node) return undefined;
  const { attributes, inputs } = node;
  const [scale, zeroPoint] = [single(constants.get(inputs[1] as string)), zeroOf(inputs[2])];
  if (scale === undefined || zeroPoint === undefined || zero !== zeroPoint) return undefined;
  if (single(constants.get(dequantize.inputs[1] as string)) !== scale) return undefined;
  const range = [Math.max(attributes.min, min), Math.min(attributes.max, max)] as const;
  // Zeros that are filled in might be clipped.
  if (moved.length > 0 && (zeroPoint < range[0] || zeroPoint > range[1])) return undefined;
  const quantizer = quantizerOf(...range, scale, zeroPoint);
  return quantizer && { input: inputs[0] as string, quantizer, moved };
}

/**
 * The graph with a `fakeQuantize` in place of each QuantizeLinear and DequantizeLinear that follow each other
 * with one constant scale. Between them codes may be clipped and moved about: values are then, behind it.
 */
export function foldQuantizers(graph: Graph): Graph {
  const producers = producersOf(graph);
  const constants = constantsOf(graph);
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    const [output = ''] = node.outputs;
    if (node.op !== 'dequantizeLinear' || constants.has(output)) return [node];
    const pair = pairOf(node, producers, constants);
    if (!pair) return [node];
    const { input, quantizer, moved } = pair;
    const nameOf = (place: number, name: string): string => {
      if (place === moved.length) return name;
      let made = `${name}, ${moved.length - place} before`;
      while (producers.has(made) || graph.constants.has(made)) made += "'";
      return made;
    };
    const first = {
      ...{ name: nameOf(0, node.name), outputs: [nameOf(0, output)], inputs: [input] },
      ...{ op: 'fakeQuantize' as const, attributes: { quantizer } },
    };
    const others = moved.map((mover, i): Node => {
      const inputs = [nameOf(i, output), ...mover.inputs.slice(1)];
      const names = { name: nameOf(i + 1, node.name), inputs, outputs: [nameOf(i + 1, output)] };
      const zeros = mover.op === 'pad' ? { ...mover.attributes, value: 0 } : mover.attributes;
      return { ...mover, ...names, attributes: zeros } as Node;
    });
    return [first, ...others];
  });
  return removeUnused({ ...graph, nodes });
}
