import type { GraphProto, NodeProto } from '@subbyte/onnx-proto';

/** `graph` without the nodes and initializers that no output depends on. */
export function prune(graph: GraphProto): GraphProto {
  const needed = new Set(graph.output?.map(({ name = '' }) => name));
  const nodes: NodeProto[] = [];
  for (const node of [...(graph.node ?? [])].reverse()) {
    if (!node.output?.some((name) => needed.has(name))) continue;
    for (const input of node.input ?? []) needed.add(input);
    nodes.push(node);
  }
  const annotations = graph.quantizationAnnotation?.filter(({ tensorName = '' }) =>
    needed.has(tensorName),
  );
  return {
    ...graph,
    node: nodes.reverse(),
    initializer: graph.initializer?.filter(({ name = '' }) => needed.has(name)),
    ...(annotations === undefined ? {} : { quantizationAnnotation: annotations }),
  };
}
