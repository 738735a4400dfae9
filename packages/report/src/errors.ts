/** Thrown for data that no report can show. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_REPORT';
}
