import { expect, test } from 'vitest';
import { histogramChart } from '../src/histogram.ts';

const histogram = { min: -1, max: 3, counts: [1, 4, 16, 0] };
const chart = (bits: number, gridMin: number, gridMax: number, values = histogram): string =>
  histogramChart({ bits, histogram: values, gridMin, gridMax }, 'Weights').toString();
const linesOf = (svg: string): number =>
  (/class="grid" d="([^"]*)"/.exec(svg)?.[1] ?? '').split('M').length - 1;

test('a line for each level up to 5 bits, the two ends above', () => {
  expect([2, 3, 4, 5, 6, 8].map((bits) => linesOf(chart(bits, -1, 3)))).toEqual([
    4, 8, 16, 32, 2, 2,
  ]);
});

test('bins stand where their values are, as high as the root of their counts', () => {
  // 240 wide over [-1, 3], 52 high for 16.
  expect(chart(8, -1, 3)).toContain('d="M0 56V43H60V30H120V4H180V56H240V56Z"');
  expect(chart(8, -5, 3)).toContain('d="M120 56V43H150V30H180V4H210V56H240V56Z"');
});

test('what lies beyond the grid is tinted', () => {
  const outside = (svg: string) => [
    ...svg.matchAll(/class="outside" x="([\d.]+)" width="([\d.]+)"/g),
  ];
  expect(outside(chart(4, -2, 4)).length).toBe(0);
  expect(outside(chart(4, 0, 2)).map(([, x, width]) => [x, width])).toEqual([
    ['0', '60'],
    ['180', '60'],
  ]);
});

test('one value, no values and no finite values make no broken picture', () => {
  const same = { min: 0, max: 0, counts: [5] };
  expect(chart(8, 0, 0, same)).not.toContain('NaN');
  expect(chart(8, 0, 1, { min: 0, max: 0, counts: [] })).toContain('no finite values');
  expect(chart(8, 0, Number.POSITIVE_INFINITY)).toContain('no finite values');
});
