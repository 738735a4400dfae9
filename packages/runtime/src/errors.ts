/** Thrown for inputs that do not fit, layers that fail and sessions that can no longer run. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_RUNTIME';
}

/** `cause` as an error of `place`: a layer, the inputs, the graph. */
export function runtimeError(place: string, cause: unknown): RuntimeError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new RuntimeError(`${place}: ${message}`, { cause });
}
