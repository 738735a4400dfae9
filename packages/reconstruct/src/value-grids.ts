import type { Graph, Node } from '@subbyte/graph';

/** Whether the node puts a value on a grid, not a constant. */
export const isValueGrid = (node: Node, { constants }: Graph): boolean =>
  node.op === 'fakeQuantize' && !constants.has(node.inputs[0] as string);

/** The graph with values as they are: no grids but those of weights. */
export function withoutValueGrids(graph: Graph): Graph {
  const nodes = graph.nodes.map((node): Node => {
    if (!isValueGrid(node, graph)) return node;
    return { ...node, op: 'identity', attributes: {} };
  });
  return { ...graph, nodes };
}

/** `graph` with the value grids of `like`. */
export function withValueGrids(graph: Graph, like: Graph): Graph {
  const quantizers = new Map(like.nodes.map((node) => [node.name, node]));
  const nodes = graph.nodes.map((node) =>
    node.op === 'identity' ? (quantizers.get(node.name) ?? node) : node,
  );
  return { ...graph, nodes };
}
