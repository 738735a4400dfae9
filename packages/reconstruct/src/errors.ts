/**
 * Thrown for configurations, calibration data and graphs that cannot be quantized. `quantize` throws
 * the same class, so that its callers meet one error whichever part refuses.
 */
export class QuantizeError extends Error {
  override readonly name = 'QuantizeError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_QUANTIZE';
}
