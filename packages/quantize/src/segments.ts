// Runs a graph piece by piece over several batches at once, so that one layer can be adjusted with
// all the data before anything after it is computed.

import { createExecutor, type Graph, inferTypes, type Node } from '@subbyte/graph';
import type { NamedBatch } from '@subbyte/reconstruct';
import type { Tensor } from '@subbyte/tensor';

/** Part of a graph that ends with one of the wanted nodes. */
export interface Segment {
  /** The node it ends with. */
  readonly last: Node;
  readonly graph: Graph;
}

/**
 * Cuts a graph behind each node of `ends` (by name). What comes after the last of them is left out.
 * Each segment's inputs are values of earlier ones (or the graph's inputs), its outputs are what later
 * ones read and the result of its last node.
 */
export function cutGraph(graph: Graph, ends: ReadonlySet<string>): Segment[] {
  const types = inferTypes(graph);
  const lastUse = new Map<string, number>();
  const pieces: Node[][] = [[]];
  for (const node of graph.nodes) {
    (pieces.at(-1) as Node[]).push(node);
    if (ends.has(node.name)) pieces.push([]);
  }
  pieces.pop();
  pieces.forEach((nodes, index) => {
    for (const input of nodes.flatMap(({ inputs }) => inputs)) lastUse.set(input, index);
  });
  return pieces.map((nodes, index) => {
    const made = new Set(nodes.flatMap(({ outputs }) => outputs));
    const read = [...new Set(nodes.flatMap(({ inputs }) => inputs))].filter((name) => name !== '');
    const last = nodes.at(-1) as Node;
    const outputs = [...made].filter(
      (name) => (lastUse.get(name) ?? -1) > index || name === last.outputs[0],
    );
    const info = (name: string) => ({
      name,
      dtype: types.get(name)?.dtype ?? ('float32' as const),
    });
    const constants = new Map(
      read.flatMap((name) => {
        const value = graph.constants.get(name);
        return value ? [[name, value] as const] : [];
      }),
    );
    const inputs = read.filter((name) => !made.has(name) && !constants.has(name)).map(info);
    const piece = { ...graph, inputs, outputs: outputs.map(info), nodes, constants };
    return { last, graph: piece };
  });
}

/**
 * Runs the segments over all batches. After each one `visit` gets the results of its last node, one per
 * batch, and may change them in place before later segments read them.
 */
export async function runSegments(
  segments: readonly Segment[],
  batches: readonly NamedBatch[],
  visit: (node: Node, results: readonly Tensor[]) => void,
  signal?: AbortSignal | undefined,
): Promise<void> {
  const given = new Set(batches.flatMap((batch) => Object.values(batch)));
  const lastUse = new Map<string, number>();
  segments.forEach(({ graph }, index) => {
    for (const { name } of graph.inputs) lastUse.set(name, index);
  });
  const live = batches.map((batch) => new Map(Object.entries(batch)));
  const release = (values: Map<string, Tensor>, name: string): void => {
    const value = values.get(name);
    if (value && !given.has(value)) value.storage.dispose();
    values.delete(name);
  };
  try {
    for (const [index, { graph, last }] of segments.entries()) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      const executor = createExecutor(graph);
      try {
        for (const values of live) {
          signal?.throwIfAborted();
          const inputs = graph.inputs.map(({ name }) => [name, values.get(name) as Tensor]);
          const results = executor.run(Object.fromEntries(inputs), { signal });
          for (const [name, value] of Object.entries(results)) values.set(name, value);
        }
      } finally {
        executor.dispose();
      }
      const result = last.outputs[0] as string;
      visit(
        last,
        live.map((values) => values.get(result) as Tensor),
      );
      for (const values of live) {
        for (const name of [...values.keys()]) {
          if ((lastUse.get(name) ?? -1) <= index) release(values, name);
        }
      }
    }
  } finally {
    for (const values of live) for (const name of [...values.keys()]) release(values, name);
  }
}
