/** What the command cannot do, in one line: what, why, and what to do about it. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  readonly code: string = 'SUBBYTE_CLI';
}

/** A command line that makes no sense: exit code 2. */
export class UsageError extends CliError {
  override readonly name = 'UsageError';
  override readonly code = 'SUBBYTE_USAGE';
}

/** Whether `error` is one of the typed errors of the subbyte packages. */
export function isTyped(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('SUBBYTE_')
  );
}
