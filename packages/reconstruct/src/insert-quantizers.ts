import { type Graph, type Node, nameSource } from '@subbyte/graph';
import type { Quantizer, UniformQuantizer } from '@subbyte/quantizers';

/**
 * The graph with a `fakeQuantize` node behind each value of `activations`, read by everybody who read
 * the value, and one between each layer of `weights` (by node name) and its weight constant. Graph
 * outputs keep giving the value itself.
 */
export function insertQuantizers(
  graph: Graph,
  activations: ReadonlyMap<string, UniformQuantizer>,
  weights: ReadonlyMap<string, Quantizer>,
): Graph {
  const fresh = nameSource(graph);
  const nodes: Node[] = [];
  const onGrid = new Map<string, string>();
  const shared = new Map<string, string>();
  const quantizerNode = (value: string, quantizer: Quantizer): string => {
    const output = fresh(`${value}.quantized`);
    nodes.push({
      op: 'fakeQuantize',
      name: fresh(`${value}.quantizer`),
      inputs: [value],
      outputs: [output],
      attributes: { quantizer },
    });
    return output;
  };
  const quantizeValue = (value: string): void => {
    const quantizer = activations.get(value);
    if (quantizer) onGrid.set(value, quantizerNode(value, quantizer));
  };
  for (const { name } of graph.inputs) quantizeValue(name);
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => onGrid.get(input) ?? input);
    const quantizer = weights.get(node.name);
    if (quantizer) {
      const weight = node.inputs[1] as string;
      // Layers that share a constant and its grid share the node.
      const key = JSON.stringify([weight, quantizer]);
      const known = shared.get(key) ?? quantizerNode(weight, quantizer);
      shared.set(key, known);
      inputs[1] = known;
    }
    nodes.push({ ...node, inputs });
    for (const output of node.outputs) quantizeValue(output);
  }
  return { ...graph, nodes };
}
