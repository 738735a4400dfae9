/** Thrown for options of optimisers and schedules that make no sense. */
export class OptimError extends Error {
  override readonly name = 'OptimError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_OPTIM';
}

/** @throws OptimError unless `value` is a finite number of at least `least`, below `below`. */
export function checkOption(
  name: string,
  value: number,
  least: number,
  below: number = Number.POSITIVE_INFINITY,
): void {
  if (value >= least && value < below) return;
  const bound = below === Number.POSITIVE_INFINITY ? '' : ` and below ${below}`;
  throw new OptimError(`${name} is ${value}, expected a number of at least ${least}${bound}`);
}
