import type { Graph, Node, OpName } from './types.ts';

/** The node that produces each value; graph inputs and constants have none. */
export function producersOf(graph: Pick<Graph, 'nodes'>): ReadonlyMap<string, Node> {
  const producers = new Map<string, Node>();
  for (const node of graph.nodes) {
    for (const output of node.outputs) if (output !== '') producers.set(output, node);
  }
  return producers;
}

/**
 * The nodes that read each value, in order, one entry per operand place. Values that nobody reads
 * are absent. Graph outputs count as no reader: see `soleConsumer`.
 */
export function consumersOf(graph: Pick<Graph, 'nodes'>): ReadonlyMap<string, readonly Node[]> {
  const consumers = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      if (input === '') continue;
      const list = consumers.get(input);
      if (list) list.push(node);
      else consumers.set(input, [node]);
    }
  }
  return consumers;
}

/** The only reader of `value`, or `undefined` when it has more, none, or is a graph output. */
export function soleConsumer(
  graph: Pick<Graph, 'outputs'>,
  consumers: ReadonlyMap<string, readonly Node[]>,
  value: string,
): Node | undefined {
  const readers = consumers.get(value);
  if (readers?.length !== 1 || graph.outputs.some(({ name }) => name === value)) return undefined;
  return readers[0];
}

/**
 * Names of the values that depend on constants alone. Results of operations in `cut` count as
 * constants too.
 */
export function fixedValues(graph: Graph, cut: readonly OpName[] = []): ReadonlySet<string> {
  const values = new Set<string>(graph.constants.keys());
  for (const node of graph.nodes) {
    if (cut.includes(node.op) || node.inputs.every((name) => name === '' || values.has(name))) {
      for (const output of node.outputs) values.add(output);
    }
  }
  return values;
}
