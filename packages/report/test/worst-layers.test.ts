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

test('outputs count before weights, float layers never', () => {
  const layers = [
    layer(9, 30),
    layer(30, 8),
    layer(undefined, 1),
    layer(7),
    layer(40, 40),
    layer(40, 41),
  ];
  expect(worstLayers(layers)).toEqual([3, 1]);
});

test('at most three, at most a quarter, in the order of layers when equal', () => {
  expect(worstLayers([])).toEqual([]);
  expect(worstLayers([layer(1), layer(2)])).toEqual([0]);
  expect(worstLayers(Array.from({ length: 40 }, () => layer(5)))).toEqual([0, 1, 2]);
});
