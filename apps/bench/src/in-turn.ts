import { type Rounds, roundsOf } from './rounds.ts';

/** Somebody who does the same work as the others. */
export interface Runner {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/**
 * Lets all run once in every round (A B C A B C …), for `seconds` in all but at least nine rounds after two to warm
 * up. All have as many rounds, so that a machine that changes its speed changes it for all.
 */
export async function inTurn(
  runners: readonly Runner[],
  { seconds = 30 }: { readonly seconds?: number } = {},
): Promise<readonly Rounds[]> {
  const times = runners.map((): number[] => []);
  let end = Number.POSITIVE_INFINITY;
  for (let round = -2; round < 9 || performance.now() < end; round++) {
    if (round === 0) end = performance.now() + seconds * 1000;
    for (const [i, { run }] of runners.entries()) {
      const start = performance.now();
      await run();
      if (round >= 0) times[i]?.push(performance.now() - start);
    }
  }
  return runners.map(({ name }, i) => roundsOf(name, times[i] as number[]));
}
