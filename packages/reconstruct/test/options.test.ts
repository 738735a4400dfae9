import { expect, test } from 'vitest';
import { resolveReconstruction } from '../src/options.ts';

const method = 'qdrop';

test('few bits get a long pass over the whole network, many iterations small steps', () => {
  const rates = [500, 1000, 2000, 10_000].map(
    (iterations) => resolveReconstruction({ method, iterations }, 4).roundingRate,
  );
  expect(rates).toEqual([0.01, 0.01, 0.005, 0.001]);
  const lengths = [2, 3, 4, 8].map(
    (bits) => resolveReconstruction({ method }, bits).finishIterations,
  );
  expect(lengths).toEqual([1000, 1000, 500, 500]);
});

test('what is given stays', () => {
  const given = { method, iterations: 5000, roundingRate: 0.02, finishIterations: 0 } as const;
  expect(resolveReconstruction(given, 2)).toMatchObject(given);
  const absent = { method, roundingRate: undefined, finishIterations: undefined } as const;
  expect(resolveReconstruction(absent, 2)).toEqual(resolveReconstruction({ method }, 2));
});
