/** Thrown when no gpu.js mode works, and for what a device reports while it computes. */
export class GpuError extends Error {
  override readonly name = 'GpuError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_GPU';
}
