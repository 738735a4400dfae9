/** Thrown for gradients that cannot be taken: wrong shapes, values that are not on the tape. */
export class AutogradError extends Error {
  override readonly name = 'AutogradError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_AUTOGRAD';
}
