import { tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { difference } from '../src/measure/difference.ts';

const of = (...values: number[]) => [{ x: tensor(values) }];

test('equal outputs are exact, others the ratio of their energies', () => {
  expect(difference(of(1, 2), of(1, 2))).toEqual({ sqnr: 150, largest: 0, range: 2 });
  const { sqnr, largest, range } = difference(of(10, 0), of(9, 0));
  expect(sqnr).toBeCloseTo(20);
  expect([largest, range]).toEqual([1, 10]);
});

test('NaN and missing values are no agreement', () => {
  expect(difference(of(1, 2, 3), of(1, Number.NaN, 3))).toEqual({
    sqnr: Number.NaN,
    largest: Number.NaN,
    range: 3,
  });
  expect(difference(of(1, 2, 3), of(1, 2)).sqnr).toBeNaN();
});
