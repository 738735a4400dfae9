import { expect, test } from 'vitest';
import { connectedRegions } from '../src/index.ts';

/** Regions of a picture of dots and crosses. */
function regionsOf(...rows: string[]) {
  const values = rows.flatMap((row) => Array.from(row, (mark) => (mark === 'x' ? 1 : 0)));
  return connectedRegions(values, rows.length, rows[0]?.length ?? 0, 0.5);
}

test('pixels that touch by a side or a corner belong together', () => {
  expect(regionsOf('xx.x.', '..x..', '.....', 'x...x', 'x..x.')).toEqual([
    { left: 0, top: 0, right: 4, bottom: 2, size: 4 },
    { left: 0, top: 3, right: 1, bottom: 5, size: 2 },
    { left: 3, top: 3, right: 5, bottom: 5, size: 2 },
  ]);
});

test('the end of a row does not touch the beginning of the next', () => {
  expect(regionsOf('..x', 'x..')).toHaveLength(2);
  expect(regionsOf('...x', '....', 'x...')).toHaveLength(2);
});

test('rings, combs and whole maps are one region', () => {
  expect(regionsOf('xxxx', 'x..x', 'xxxx')).toEqual([
    { left: 0, top: 0, right: 4, bottom: 3, size: 10 },
  ]);
  expect(regionsOf('x.x.x', 'x.x.x', 'xxxxx')).toHaveLength(1);
  expect(connectedRegions(new Float32Array(512 * 512).fill(1), 512, 512, 0.5)).toEqual([
    { left: 0, top: 0, right: 512, bottom: 512, size: 512 * 512 },
  ]);
});

test('what is at the threshold, empty or NaN is no region', () => {
  expect(connectedRegions([0.5, Number.NaN], 1, 2, 0.5)).toEqual([]);
  expect(connectedRegions([], 0, 0, 0.5)).toEqual([]);
  expect(regionsOf('....')).toEqual([]);
});
