import type { Graph } from './types.ts';

/** Drops the nodes and constants that no output depends on. Inputs stay. */
export function removeUnused(graph: Graph): Graph {
  const needed = new Set(graph.outputs.map(({ name }) => name));
  const nodes = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    nodes.push(node);
    for (const input of node.inputs) needed.add(input);
  }
  const constants = new Map([...graph.constants].filter(([name]) => needed.has(name)));
  if (nodes.length === graph.nodes.length && constants.size === graph.constants.size) return graph;
  return { ...graph, nodes: nodes.reverse(), constants };
}
