/** What an `OnnxError` is about. */
export interface OnnxErrorOptions extends ErrorOptions {
  /** Name of the node at fault. */
  readonly node?: string | undefined;
  /** Its operator. */
  readonly op?: string | undefined;
}

/** Thrown for models that cannot be read as a graph, and graphs that cannot be written. */
export class OnnxError extends Error {
  override readonly name = 'OnnxError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_ONNX';
  /** Name of the node at fault, when there is one. */
  readonly node: string | undefined;
  /** Operator of that node. */
  readonly op: string | undefined;

  constructor(message: string, options: OnnxErrorOptions = {}) {
    super(message, options);
    this.node = options.node;
    this.op = options.op;
  }
}
