/** Thrown for shapes, data types and storage that do not fit together. */
export class TensorError extends Error {
  override readonly name = 'TensorError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_TENSOR';
}
