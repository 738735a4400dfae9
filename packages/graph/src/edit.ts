// Small edits that passes are made of. Each gives a new graph; none changes its argument.

import type { Graph, Node } from './types.ts';

/** All names in use: values, nodes and constants. */
function namesOf(graph: Graph): Set<string> {
  const names = new Set<string>(graph.constants.keys());
  for (const { name } of graph.inputs) names.add(name);
  for (const node of graph.nodes) {
    names.add(node.name);
    for (const output of node.outputs) names.add(output);
  }
  return names;
}

/**
 * Gives names that the graph does not use: `wanted` itself, or `wanted.1`, `wanted.2` … Every name
 * given counts as used from then on.
 */
export function nameSource(graph: Graph): (wanted: string) => string {
  const used = namesOf(graph);
  return (wanted) => {
    let name = wanted;
    for (let i = 1; used.has(name); i++) name = `${wanted}.${i}`;
    used.add(name);
    return name;
  };
}

/** One name that the graph does not use; for many take `nameSource`. */
export function freshName(graph: Graph, wanted: string): string {
  return nameSource(graph)(wanted);
}

/** `node` with operands mapped by `rename`; the node itself when none changes. */
function withInputs(node: Node, rename: (input: string) => string): Node {
  const inputs = node.inputs.map((input) => (input === '' ? '' : rename(input)));
  return inputs.every((input, i) => input === node.inputs[i]) ? node : { ...node, inputs };
}

/** Lets every node that reads a key of `replacements` read the value it maps to. */
export function replaceUses(graph: Graph, replacements: ReadonlyMap<string, string>): Graph {
  if (replacements.size === 0) return graph;
  const target = (name: string): string => {
    let current = name;
    for (let next = replacements.get(current); next !== undefined; ) {
      current = next;
      next = replacements.get(current);
    }
    return current;
  };
  return { ...graph, nodes: graph.nodes.map((node) => withInputs(node, target)) };
}

/**
 * Puts `node` behind `value`: everything that read `value` (all readers, or those in `readers`)
 * reads the node's first output instead. The node must read `value` and sits right after its
 * producer. Graph outputs keep their name, so that a graph output still gives `value`.
 */
export function insertAfter(
  graph: Graph,
  value: string,
  node: Node,
  readers?: ReadonlySet<string>,
): Graph {
  const output = node.outputs[0] ?? '';
  const nodes = graph.nodes.map((other) =>
    readers && !readers.has(other.name)
      ? other
      : withInputs(other, (input) => (input === value ? output : input)),
  );
  const producer = graph.nodes.findIndex(({ outputs }) => outputs.includes(value));
  nodes.splice(producer + 1, 0, node);
  return { ...graph, nodes };
}

/** Renames a value wherever it occurs: inputs, outputs, constants, operands and results. */
export function renameValue(graph: Graph, from: string, to: string): Graph {
  const rename = (name: string): string => (name === from ? to : name);
  return {
    ...graph,
    inputs: graph.inputs.map((info) => ({ ...info, name: rename(info.name) })),
    outputs: graph.outputs.map((info) => ({ ...info, name: rename(info.name) })),
    nodes: graph.nodes.map((node) => ({
      ...withInputs(node, rename),
      outputs: node.outputs.map(rename),
    })),
    constants: new Map([...graph.constants].map(([name, value]) => [rename(name), value])),
  };
}
