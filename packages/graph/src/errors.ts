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
