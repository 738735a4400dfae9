import { flattenTree, sameShape, type Tensor, type Tree, toHeap } from '@subbyte/tensor';
import { GraphError } from './errors.ts';
import type { Graph } from './types.ts';

/**
 * The tensors of `tree` by the names of the constants that they stand for: their paths.
 * @throws GraphError when the graph has no such constant or it has another data type or shape.
 */
export function constantsOf(
  graph: Pick<Graph, 'constants'>,
  tree: Tree,
): ReadonlyMap<string, Tensor> {
  const values = new Map(flattenTree(tree));
  for (const [name, { dtype, shape }] of values) {
    const own = graph.constants.get(name);
    if (!own) throw new GraphError(`no constant is named "${name}"`);
    if (own.dtype !== dtype || !sameShape(own.shape, shape)) {
      throw new GraphError(
        `constant "${name}" is ${own.dtype} [${own.shape}], cannot become ${dtype} [${shape}]`,
      );
    }
  }
  return values;
}

/**
 * The graph with the tensors of `tree` (trained parameters, running statistics) in the place of the
 * constants that their paths name, as copies on the JavaScript heap. Other constants stay.
 * @throws GraphError when a path names no constant, or one of another data type or shape.
 */
export function withConstants(graph: Graph, tree: Tree): Graph {
  const constants = new Map(graph.constants);
  for (const [name, value] of constantsOf(graph, tree)) constants.set(name, toHeap(value));
  return { ...graph, constants };
}
