import { checkGraph } from './check-graph.ts';
import { foldBatchNorm } from './fold-batch-norm.ts';
import { type FoldOptions, foldConstants } from './fold-constants.ts';
import { foldIntoNext } from './fold-into-next.ts';
import { fusePatterns } from './fuse-patterns.ts';
import { type ActivationKind, groupActivations } from './group-activations.ts';
import { inferTypes } from './infer-types.ts';
import { removeIdentity } from './remove-identity.ts';
import { removeUnused } from './remove-unused.ts';
import type { Graph } from './types.ts';

/** Options of `simplify`. */
export interface SimplifyOptions extends FoldOptions {
  /** Activations to group into layers; default: all. */
  readonly activations?: readonly ActivationKind[] | undefined;
  /** Leave batch norms as they are, for training with batch statistics. Default: false. */
  readonly keepBatchNorm?: boolean | undefined;
}

/**
 * Makes a graph small and fast to run, with the same inputs and outputs: constants folded, spelled
 * out operations fused, batch norm folded, activations grouped, dead nodes dropped. Doing it again
 * changes nothing.
 * @throws GraphError when the graph is malformed.
 */
export function simplify(graph: Graph, options: SimplifyOptions = {}): Graph {
  checkGraph(graph);
  let result = removeUnused(graph);
  result = removeIdentity(result, inferTypes(result));
  result = foldConstants(result, options);
  result = removeIdentity(result, inferTypes(result));
  // Each fold may bring together what the next one looks for; every round drops nodes.
  for (let before: Graph | undefined; before !== result; ) {
    before = result;
    result = foldIntoNext(foldBatchNorm(fusePatterns(result), options));
  }
  return removeUnused(groupActivations(result, options.activations));
}
