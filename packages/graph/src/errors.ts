import type { Node } from './types.ts';

/** Thrown for graphs that are malformed, and for inputs and nodes that do not fit together. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_GRAPH';
  /** Name of the node at fault, when there is one. */
  readonly node: string | undefined;

  constructor(message: string, node?: string, options?: ErrorOptions) {
    super(message, options);
    this.node = node;
  }
}

/** `cause` as an error of `node`; one that names a node already stays as it is. */
export function nodeError(node: Node, cause: unknown): GraphError {
  if (cause instanceof GraphError && cause.node !== undefined) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new GraphError(`${node.op} "${node.name}": ${message}`, node.name, { cause });
}
