/** Thrown for data that is not what its format or its user says. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_DATASET';
}
