/** Milliseconds of one contestant, round by round. */
export interface Rounds {
  readonly name: string;
  readonly times: readonly number[];
  readonly median: number;
  readonly least: number;
}

const medianOf = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** What came out of the rounds that a contestant ran. */
export function roundsOf(name: string, times: readonly number[]): Rounds {
  return { name, times, median: medianOf(times), least: Math.min(...times) };
}

/**
 * The median, over all rounds that both ran, of the time of `a` divided by that of `b` in the same round: a machine
 * that changes its speed on the way changes it for both. NaN when there was none.
 */
export function medianRatio(a: Pick<Rounds, 'times'>, b: Pick<Rounds, 'times'>): number {
  const shared = Math.min(a.times.length, b.times.length);
  return medianOf(a.times.slice(0, shared).map((time, i) => time / (b.times[i] as number)));
}
