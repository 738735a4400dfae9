/** Thrown for codes, widths and byte lengths that do not fit together. */
export class BitpackError extends Error {
  override readonly name = 'BitpackError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_BITPACK';
}
