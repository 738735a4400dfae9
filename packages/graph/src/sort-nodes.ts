import { GraphError } from './errors.ts';
import type { Node } from './types.ts';

/**
 * The nodes in topological order, depth first along operands: nodes that are in order already keep
 * it, others move only behind what they read. Values without a producer among `nodes` are taken as given.
 * @throws GraphError naming the nodes of a cycle.
 */
export function sortNodes(nodes: readonly Node[]): Node[] {
  const producer = new Map<string, number>();
  for (const [index, node] of nodes.entries()) {
    for (const output of node.outputs) if (output !== '') producer.set(output, index);
  }
  const sources = nodes.map((node) => {
    const found = new Set<number>();
    for (const input of node.inputs) {
      const source = producer.get(input);
      if (source !== undefined) found.add(source);
    }
    return found;
  });
  const reversed = (index: number): number[] => [...(sources[index] ?? [])].reverse();
  const state = new Uint8Array(nodes.length);
  const sorted: Node[] = [];
  for (let root = 0; root < nodes.length; root++) {
    if (state[root] !== 0) continue;
    const path: number[] = [root];
    const pending: number[][] = [reversed(root)];
    state[root] = 1;
    while (path.length > 0) {
      const next = pending.at(-1)?.pop();
      if (next === undefined) {
        const done = path.pop() as number;
        pending.pop();
        state[done] = 2;
        sorted.push(nodes[done] as Node);
      } else if (state[next] === 1) {
        const cycle = path.slice(path.indexOf(next)).map((i) => (nodes[i] as Node).name);
        throw new GraphError(`cycle through ${cycle.map((n) => `"${n}"`).join(' <- ')}`, cycle[0]);
      } else if (state[next] === 0) {
        state[next] = 1;
        path.push(next);
        pending.push(reversed(next));
      }
    }
  }
  return sorted;
}
