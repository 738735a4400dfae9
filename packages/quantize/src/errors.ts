/** Thrown for configurations, calibration data and graphs that cannot be quantized. */
export class QuantizeError extends Error {
  override readonly name = 'QuantizeError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_QUANTIZE';
}
