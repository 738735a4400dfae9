import { expect, test } from 'vitest';
import { resolveReconstruction } from '../src/options.ts';

const method = 'qdrop';

test('many iterations take small steps', () => {
  const rates = [500, 1000, 2000, 10_000].map(
    (iterations) => resolveReconstruction({ method, iterations }).roundingRate,
  );
  expect(rates).toEqual([0.01, 0.01, 0.005, 0.001]);
});

test('what is given stays', () => {
  const given = { method, iterations: 5000, roundingRate: 0.02, finishIterations: 0 } as const;
  expect(resolveReconstruction(given)).toMatchObject(given);
  const absent = { method, roundingRate: undefined, finishIterations: undefined } as const;
  expect(resolveReconstruction(absent)).toEqual(resolveReconstruction({ method }));
});
