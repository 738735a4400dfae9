import { replaceUses } from './edit.ts';
import type { Graph, Node } from './types.ts';

/** Whether the node gives its operand 0 unchanged, for every input. */
function isIdentity(node: Node, dtypes: ReadonlyMap<string, string>): boolean {
  switch (node.op) {
    case 'identity':
      return true;
    case 'transpose':
      return node.attributes.permutation.every((axis, i) => axis === i);
    case 'pad':
      return [...node.attributes.before, ...node.attributes.after].every((n) => n === 0);
    case 'cast':
      return dtypes.get(node.inputs[0] as string) === node.attributes.dtype;
    case 'concat':
      return node.inputs.length === 1;
    case 'unsqueeze':
      return node.attributes.axes.length === 0;
    case 'tile':
      return node.attributes.repeats.every((n) => n === 1);
    default:
      return false;
  }
}

/**
 * Removes nodes that change nothing. One that joins a graph input or constant to a graph output
 * stays, since both keep their names.
 * @param dtypes Data types of values; casts to the same type go where it is known.
 */
export function removeIdentity(
  graph: Graph,
  dtypes: ReadonlyMap<string, string> = new Map(),
): Graph {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const given = new Set([...graph.constants.keys(), ...graph.inputs.map(({ name }) => name)]);
  const replacements = new Map<string, string>();
  const renamed = new Map<string, string>();
  const nodes = graph.nodes.filter((node) => {
    if (!isIdentity(node, dtypes)) return true;
    const result = node.outputs[0] as string;
    let source = node.inputs[0] as string;
    for (let next = replacements.get(source); next !== undefined; next = replacements.get(source)) {
      source = next;
    }
    if (!outputs.has(result)) {
      replacements.set(result, source);
      return true;
    }
    if (given.has(source) || outputs.has(source) || renamed.has(source)) return true;
    // The producer takes over the output's name.
    renamed.set(source, result);
    return false;
  });
  const kept = nodes.filter((node) => !replacements.has(node.outputs[0] as string));
  if (kept.length === graph.nodes.length) return graph;
  const named = kept.map((node) => ({
    ...node,
    outputs: node.outputs.map((output) => renamed.get(output) ?? output),
  }));
  const all = new Map([...renamed, ...replacements]);
  return replaceUses({ ...graph, nodes: named }, all);
}
