import { fixedValues, type Graph, producersOf, runNode } from '@subbyte/graph';
import { heap, type Tensor, toHeap } from '@subbyte/tensor';

/** The values of a graph that depend on constants alone, computed when they are asked for. */
export interface Constants {
  has(name: string): boolean;
  /** The value on the JavaScript heap; `undefined` when it is not constant. */
  get(name: string): Tensor | undefined;
}

/** The constants of `graph`, and what follows from them (weights unpacked by the graph itself, say). */
export function constantsOf(graph: Graph): Constants {
  const fixed = fixedValues(graph);
  const producers = producersOf(graph);
  const known = new Map<string, Tensor>(graph.constants);
  const get = (name: string): Tensor | undefined => {
    const value = known.get(name);
    if (value || !fixed.has(name)) return value;
    const node = producers.get(name);
    if (!node) return undefined;
    const results = runNode(
      node,
      node.inputs.map((input) => (input === '' ? undefined : get(input))),
    );
    for (const [i, result] of results.entries()) {
      const output = node.outputs[i] ?? '';
      if (output === '') continue;
      if (result.storage.owner === heap) {
        known.set(output, result);
        continue;
      }
      known.set(output, toHeap(result));
      result.storage.dispose();
    }
    return known.get(name);
  };
  return { has: (name) => name !== '' && fixed.has(name), get };
}
