/** Thrown when the tests cannot be run in a browser. */
export class BrowserError extends Error {
  override readonly name = 'BrowserError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_BROWSER';
}
