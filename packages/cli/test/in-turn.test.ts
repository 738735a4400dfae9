import { expect, test } from 'vitest';
import { inTurn, medianRatio, roundsOf } from '../src/bench/index.ts';

const runner = (name: string, log: string[], onRun?: () => void) => ({
  name,
  run: async () => {
    log.push(name);
    onRun?.();
  },
});

test('all run once in each round, warm-ups first, and as often as asked for', async () => {
  const log: string[] = [];
  const told: [number, number][] = [];
  const rounds = await inTurn([runner('a', log), runner('b', log)], {
    ...{ seconds: 0, rounds: 5 },
    onRound: (...progress) => told.push(progress),
  });
  expect(log.join('')).toBe('ab'.repeat(7));
  expect(rounds.map(({ name, times }) => [name, times.length])).toEqual([
    ['a', 5],
    ['b', 5],
  ]);
  expect(told.map(([done]) => done)).toEqual([1, 2, 3, 4, 5]);
  expect(told.at(-1)).toEqual([5, 5]);
});

test('abort ends it; only whole rounds count', async () => {
  const controller = new AbortController();
  const log: string[] = [];
  const rounds = await inTurn(
    [runner('a', log, () => log.length === 9 && controller.abort()), runner('b', log)],
    { seconds: 100, signal: controller.signal },
  );
  // Two rounds to warm up, two that count, and half a round.
  expect(log).toHaveLength(9);
  expect(rounds.map(({ times }) => times.length)).toEqual([2, 2]);
  const none = await inTurn([runner('a', log)], { signal: controller.signal });
  expect(none[0]?.times).toEqual([]);
});

test('turns that are too short are filled with repetitions', async () => {
  const log: string[] = [];
  const long = async () => {
    const end = performance.now() + 30;
    while (performance.now() < end);
  };
  const [short, slow] = await inTurn([runner('short', log), { name: 'long', run: long }], {
    seconds: 0,
    rounds: 1,
    turn: 20,
  });
  expect(log.length).toBeGreaterThan(100);
  expect(short?.median).toBeLessThan(5);
  expect(slow?.median).toBeGreaterThanOrEqual(30);
});

test('medians, least times and ratios within rounds', () => {
  const a = roundsOf('a', [1, 20, 3]);
  const b = roundsOf('b', [2, 10, 3, 99]);
  expect(a).toMatchObject({ median: 3, least: 1 });
  expect(medianRatio(a, b)).toBe(1);
  expect(medianRatio(roundsOf('none', []), b)).toBeNaN();
});
