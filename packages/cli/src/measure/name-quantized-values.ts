import type { Graph } from '@subbyte/graph';

/**
 * Gives each value behind a quantizeLinear and dequantizeLinear pair the name of the value before it,
 * which is then called `NAME (before quantization)`. What a layer of a quantized model hands on is
 * the value on its grid; by that name it can be compared with the float model's.
 */
export function nameQuantizedValues(graph: Graph): Graph {
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const sources = new Map<string, string>();
  const names = new Map<string, string>();
  for (const { op, inputs: [source = ''] = [], outputs: [result = ''] = [] } of graph.nodes) {
    if (op === 'quantizeLinear' && !inputs.has(source)) sources.set(result, source);
    const quantized = op === 'dequantizeLinear' ? sources.get(source) : undefined;
    if (quantized === undefined || names.has(quantized)) continue;
    names.set(result, quantized);
    names.set(quantized, `${quantized} (before quantization)`);
  }
  const rename = (name: string): string => names.get(name) ?? name;
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    })),
    outputs: graph.outputs.map((output) => ({ ...output, name: rename(output.name) })),
  };
}
