import { type Rounds, roundsOf } from 'subbyte/bench';

/** Somebody who runs the same work as the others. */
export interface Contestant {
  readonly name: string;
  /** Does the work once; resolves when the result is there. */
  readonly run: () => unknown;
  /** Seconds of measured time after which it has run often enough. */
  readonly seconds: number;
  /**
   * Seconds that a call after the first may take. Beyond them the contestant is stopped, and the limit
   * stands for its time: it takes at least that long. Only for work that does not block this thread.
   */
  readonly limit?: number;
  /** Ends a call that took too long. */
  readonly stop?: () => unknown;
}

/** What was measured, milliseconds; `failure` when the contestant cannot do the work. */
export interface Lap extends Rounds {
  /** The first call, with compilation where there is any. It counts in none of the others. */
  readonly first: number;
  /** No second call ended within the limit, which is what the only round says. */
  readonly atLeast: boolean;
  readonly failure?: string;
}

interface Entry {
  readonly contestant: Contestant;
  first: number;
  readonly times: number[];
  atLeast: boolean;
  failure: string | undefined;
}

const message = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

async function milliseconds(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** The time of a call, or nothing when it takes longer than `limit` seconds. */
async function withinLimit(
  run: () => unknown,
  limit: number | undefined,
): Promise<number | undefined> {
  if (limit === undefined) return milliseconds(run);
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limit * 1000);
  });
  try {
    return await Promise.race([milliseconds(run), expired]);
  } finally {
    clearTimeout(timer);
  }
}

async function runOnce(entry: Entry): Promise<void> {
  const { run, limit, stop } = entry.contestant;
  try {
    const time = await withinLimit(run, limit);
    if (time !== undefined) entry.times.push(time);
    else {
      await stop?.();
      entry.atLeast = entry.times.length === 0;
      if (entry.atLeast) entry.times.push((limit as number) * 1000);
      entry.failure = undefined;
    }
  } catch (error) {
    entry.failure = message(error);
  }
}

/**
 * Lets all contestants work in turn (A B C A B C …), so that all meet the same machine. Each makes one
 * call that does not count, at least one that does, and leaves when its time is used up.
 */
export async function race(
  contestants: readonly Contestant[],
  { leastRounds = 5 }: { readonly leastRounds?: number } = {},
): Promise<readonly Lap[]> {
  const entries = contestants.map(
    (contestant): Entry => ({
      contestant,
      first: Number.NaN,
      times: [],
      atLeast: false,
      failure: undefined,
    }),
  );
  for (const entry of entries) {
    try {
      entry.first = await milliseconds(entry.contestant.run);
    } catch (error) {
      entry.failure = message(error);
    }
  }
  const isDone = ({ contestant, times, atLeast, failure }: Entry): boolean => {
    const spent = times.reduce((a, b) => a + b, 0);
    if (failure !== undefined || atLeast) return true;
    // Slow contestants get fewer rounds, at least one.
    const enough = Math.min(
      leastRounds,
      Math.ceil((contestant.seconds * 1000) / roundsOf('', times).median),
    );
    return times.length > 0 && times.length >= enough && spent > contestant.seconds * 1000;
  };
  while (!entries.every(isDone)) {
    for (const entry of entries) if (!isDone(entry)) await runOnce(entry);
  }
  return entries.map(({ contestant, first, times, atLeast, failure }) => ({
    ...roundsOf(contestant.name, times),
    first,
    atLeast,
    ...(failure !== undefined && { failure }),
  }));
}
