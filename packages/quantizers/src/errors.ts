/** Thrown for quantizer data, options and values that no grid can be made from. */
export class QuantizerError extends Error {
  override readonly name = 'QuantizerError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_QUANTIZER';
}
