import { expect, test } from 'vitest';
import type { ReportLayer } from '../src/index.ts';
import { worstLayers } from '../src/worst-layers.ts';

const histogram = { min: 0, max: 1, counts: [1] };
const layer = (sqnr: number | undefined, outputSqnr?: number): ReportLayer => ({
  name: 'x',
  op: 'conv2d',
  parameters: 1,
  bytesBefore: 4,
  outputSqnr,
  weights:
    sqnr === undefined
      ? undefined
      : { bits: 4, sqnr, bytes: 1, scales: 1, histogram, gridMin: 0, gridMax: 1 },
});

const placesOf = (layers: ReportLayer[]): number[] => worstLayers(layers).map(({ place }) => place);

test('what counts is the noise a layer adds, not what it inherits', () => {
  const layers = [40, 30, 29.9, 12, 11.9, 13, 12.9, 11].map((output) => layer(18, output));
  expect(worstLayers(layers).map(({ place, before, after }) => [place, before, after])).toEqual([
    [3, 29.9, 12],
    [7, 12.9, 11],
  ]);
});

test('weights count where outputs were not measured, float layers never', () => {
  expect(placesOf([layer(30), layer(undefined, 1), layer(7), layer(40), layer(20)])).toEqual([2]);
  expect(placesOf([layer(9, 30), layer(undefined, 10), layer(30, 9.9)])).toEqual([2]);
  expect(worstLayers([layer(12)])[0]).toMatchObject({ before: undefined, after: 12 });
});

test('at most three, at most a quarter, in the order of layers when equal', () => {
  expect(placesOf([])).toEqual([]);
  expect(placesOf([layer(1), layer(2)])).toEqual([0]);
  expect(placesOf(Array.from({ length: 40 }, () => layer(5)))).toEqual([0, 1, 2]);
});

test('a layer that adds no noise is not blamed', () => {
  expect(placesOf([layer(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)])).toEqual([]);
});
