/** Somebody who runs the same work as the others. */
export interface Contestant {
  readonly name: string;
  /** Does the work once; resolves when the result is there. */
  readonly run: () => unknown;
  /** Seconds of measured time after which it has run often enough. */
  readonly seconds: number;
  /** Seconds that its first call may take; beyond them that call is the only one. Default: 60. */
  readonly patience?: number;
}

/** What was measured, milliseconds; `failure` when the contestant cannot do the work. */
export interface Lap {
  readonly name: string;
  readonly median: number;
  readonly least: number;
  readonly rounds: number;
  /** The work is so slow that the first call, compilation included, is the only one. */
  readonly cold: boolean;
  readonly failure?: string;
}

const message = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

async function milliseconds(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

const medianOf = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/**
 * Lets all contestants work in turn (A B C A B C …), so that all meet the same machine. Each runs
 * once to warm up, at least once measured, and leaves when its time is used up. Whoever takes
 * longer than its `patience` to warm up is not asked again: that call counts.
 */
export async function race(
  contestants: readonly Contestant[],
  { leastRounds = 5 }: { readonly leastRounds?: number } = {},
): Promise<readonly Lap[]> {
  const entries = contestants.map((contestant) => ({
    contestant,
    times: [] as number[],
    cold: false,
    failure: undefined as string | undefined,
  }));
  for (const entry of entries) {
    try {
      const time = await milliseconds(entry.contestant.run);
      if (time > (entry.contestant.patience ?? 60) * 1000)
        Object.assign(entry, { times: [time], cold: true });
    } catch (error) {
      entry.failure = message(error);
    }
  }
  const isDone = ({ contestant, times, cold, failure }: (typeof entries)[number]): boolean => {
    const spent = times.reduce((a, b) => a + b, 0);
    if (failure !== undefined || cold) return true;
    // Slow contestants get fewer rounds, at least one.
    const enough = Math.min(leastRounds, Math.ceil((contestant.seconds * 1000) / medianOf(times)));
    return times.length > 0 && times.length >= enough && spent > contestant.seconds * 1000;
  };
  while (!entries.every(isDone)) {
    for (const entry of entries) {
      if (!isDone(entry)) entry.times.push(await milliseconds(entry.contestant.run));
    }
  }
  return entries.map(({ contestant, times, cold, failure }) => ({
    name: contestant.name,
    median: medianOf(times),
    least: Math.min(...times),
    rounds: times.length,
    cold,
    ...(failure !== undefined && { failure }),
  }));
}
