import { type Graph, type Node, placementOf, producersOf } from '@subbyte/graph';
import type { UniformQuantizer } from '@subbyte/quantizers';

/** Whether every element the node gives is one that it reads, or 0. */
function onlyMoves(node: Node): boolean {
  if (placementOf(node) !== 'layout') return false;
  // Between two elements lie others than on their grid.
  const isResize = node.op === 'resize' || node.op === 'dynamicResize';
  return !isResize || node.attributes.mode === 'nearest';
}

/** Finds the grid of one step and at most 8 bits on which all elements of a value lie. */
export function gridsOf(graph: Graph): (value: string) => UniformQuantizer | undefined {
  const producers = producersOf(graph);
  return (value) => {
    for (let name = value; ; ) {
      const node = producers.get(name);
      if (!node) return undefined;
      if (node.op === 'fakeQuantize') {
        const { quantizer } = node.attributes;
        const isOne = quantizer.scheme === 'uniform' && quantizer.granularity.kind === 'perTensor';
        return isOne && !graph.constants.has(node.inputs[0] as string) ? quantizer : undefined;
      }
      if (!onlyMoves(node)) return undefined;
      name = node.inputs[0] as string;
    }
  };
}
