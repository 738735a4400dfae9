import { type Rounds, roundsOf } from './rounds.ts';

/** Somebody who does the same work as the others. */
export interface Runner {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** Options of `inTurn`. */
export interface InTurnOptions {
  /** Seconds to measure for, all runners together; 30 by default. */
  readonly seconds?: number | undefined;
  /** Rounds to measure even when they take longer than that; 9 by default. */
  readonly rounds?: number | undefined;
  /**
   * Milliseconds that a turn takes at least: work that is shorter is repeated within its turn, and its mean counts. For
   * clocks that tick slowly (pages that are not cross-origin isolated). 0 by default: each turn is one run.
   */
  readonly turn?: number | undefined;
  /** Ends the measuring after the run in progress; the rounds before it are what was measured. */
  readonly signal?: AbortSignal | undefined;
  /** Told after every round how many are done and how many there will be, as far as can be told. */
  readonly onRound?: ((done: number, expected: number) => void) | undefined;
}

const warmUps = 2;
/** Milliseconds of computing after which others (signals, the page) have their turn. */
const patience = 50;

const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/**
 * Lets all run once in every round (A B C A B C …), after two rounds to warm up. All have as many rounds, so that a
 * machine that changes its speed changes it for all. Without any round when `signal` aborts before the first ends.
 */
export async function inTurn(
  runners: readonly Runner[],
  options: InTurnOptions = {},
): Promise<readonly Rounds[]> {
  const { seconds = 30, rounds: least = 9, turn = 0, signal, onRound } = options;
  const times = runners.map((): number[] => []);
  let start = performance.now();
  let done = -warmUps;
  while (done < least || performance.now() - start < seconds * 1000) {
    await breathe();
    if (done === 0) start = performance.now();
    const round: number[] = [];
    for (const { run } of runners) {
      if (signal?.aborted) break;
      const before = performance.now();
      let [count, spent] = [0, 0];
      do {
        await run();
        count++;
        spent = performance.now() - before;
      } while (spent < turn);
      round.push(spent / count);
      if (spent > patience) await breathe();
    }
    if (signal?.aborted) break;
    if (done++ < 0) continue;
    for (const [i, time] of round.entries()) times[i]?.push(time);
    const perRound = (performance.now() - start) / done;
    onRound?.(done, Math.max(least, done, Math.ceil((seconds * 1000) / perRound)));
  }
  return runners.map(({ name }, i) => roundsOf(name, times[i] as number[]));
}
