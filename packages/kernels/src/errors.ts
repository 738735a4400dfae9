/** Thrown when the operands or options of a kernel do not fit together. */
export class KernelError extends Error {
  override readonly name = 'KernelError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_KERNEL';
}
