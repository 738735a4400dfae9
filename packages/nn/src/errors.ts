/** Thrown for layers and losses whose parts do not fit together. */
export class NnError extends Error {
  override readonly name = 'NnError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_NN';
}

/** Thrown for bytes that are not a safetensors file, or not the one expected. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_SAFETENSORS';
}
