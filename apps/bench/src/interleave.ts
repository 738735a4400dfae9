/** Times of one contestant, milliseconds. */
export interface Times {
  readonly median: number;
  readonly least: number;
  readonly rounds: number;
}

const timesOf = (values: number[]): Times => {
  const sorted = values.sort((a, b) => a - b);
  return {
    median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    least: sorted[0] ?? Number.NaN,
    rounds: sorted.length,
  };
};

/**
 * Runs two contestants in turn (A B A B …) so that both meet the same machine: after `warmUp`
 * rounds, for `seconds` but at least `leastRounds` rounds.
 */
export async function interleave(
  a: () => Promise<unknown>,
  b: () => Promise<unknown>,
  {
    seconds = 5,
    leastRounds = 9,
    warmUp = 3,
  }: { readonly seconds?: number; readonly leastRounds?: number; readonly warmUp?: number } = {},
): Promise<readonly [Times, Times]> {
  const contestants = [a, b] as const;
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < warmUp; round++) for (const run of contestants) await run();
  const end = performance.now() + seconds * 1000;
  for (let round = 0; round < leastRounds || performance.now() < end; round++) {
    for (const [i, run] of contestants.entries()) {
      const start = performance.now();
      await run();
      times[i]?.push(performance.now() - start);
    }
  }
  return [timesOf(times[0]), timesOf(times[1])];
}
