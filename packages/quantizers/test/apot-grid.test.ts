import { expect, test } from 'vitest';
import {
  apotCodebook,
  apotGrid,
  type Bits,
  composeLevel,
  decomposeLevel,
  QuantizerError,
} from '../src/index.ts';

/** The sets of the paper for k = 2, as numerators. */
const sets: readonly (readonly [number, number, string])[] = [
  [1, 1, '0 1'],
  [2, 4, '0 1 2 4'],
  [3, 10, '0 1 2 3 4 6 8 10'],
  [4, 48, '0 1 2 3 4 6 8 9 12 16 18 24 32 33 36 48'],
  [
    5,
    100,
    '0 1 2 3 4 5 6 7 8 10 12 14 16 17 20 21 24 28 32 34 36 38 48 52 64 65 68 69 72 76 96 100',
  ],
  [
    6,
    448,
    '0 1 2 3 4 5 6 7 8 10 12 14 16 17 20 21 24 28 32 33 34 35 40 42 48 49 56 64 66 68 70 80 84 96 98 ' +
      '112 128 129 132 133 136 140 160 161 168 192 196 224 256 257 258 259 264 266 272 273 280 320 ' +
      '322 336 384 385 392 448',
  ],
];

test.each(sets)(
  'the levels of %i bits are those of the paper, over %i',
  (bits, denominator, text) => {
    const grid = apotGrid(bits);
    expect(grid.denominator).toBe(denominator);
    expect(grid.numerators).toEqual(text.split(' ').map(Number));
  },
);

test.each([2, 3, 4, 5, 6, 7, 8] as const)(
  '%i bits give 2^bits levels, one less with a sign',
  (bits) => {
    expect(new Set(apotGrid(bits).numerators).size).toBe(2 ** bits);
    const { levels, min } = apotCodebook({ bits, signed: true, termBits: 2 });
    expect(new Set(levels).size).toBe(2 ** bits - 1);
    expect(min).toBe(1 - 2 ** (bits - 1));
    levels.forEach((level, i) => {
      expect(level + (levels.at(-1 - i) as number)).toBe(0);
      if (i > 0) expect(level).toBeGreaterThan(levels[i - 1] as number);
    });
  },
);

test('2-bit weights are uniform, 3-bit ones 0, a quarter, a half and 1', () => {
  const levels = (bits: Bits) => [...apotCodebook({ bits, signed: true, termBits: 2 }).levels];
  expect(levels(2)).toEqual([-1, 0, 1]);
  expect(levels(3)).toEqual([-4, -2, -1, 0, 1, 2, 4]);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'terms of one bit give the uniform levels of %i bits',
  (bits) => {
    const { numerators, denominator } = apotGrid(bits, 1);
    expect(denominator).toBe(2 ** bits - 1);
    expect(numerators).toEqual(numerators.map((_, i) => i));
  },
);

test.each([1, 2, 3, 4])('one term of %i bits gives powers of two', (bits) => {
  const { numerators, denominator } = apotGrid(bits, bits);
  expect(denominator).toBe(2 ** (2 ** bits - 2));
  expect(numerators).toEqual([0, ...numerators.slice(1).map((_, i) => 2 ** i)]);
});

test('3-bit powers of two', () => {
  const { numerators, denominator } = apotGrid(3, 3);
  const levels = numerators.map((numerator) => numerator / denominator);
  expect(levels).toEqual([0, 1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1]);
});

const kinds = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((bits) =>
  [1, 2, 3, 4].flatMap((termBits) => {
    try {
      return [[bits, termBits, apotGrid(bits, termBits)] as const];
    } catch {
      return [];
    }
  }),
);

test.each(kinds)(
  'levels of %i bits, %i a term, are sums of powers of two and come back',
  (bits, k, grid) => {
    expect(grid.terms.length).toBe(Math.ceil(bits / k));
    const seen = new Set<string>();
    for (const numerator of grid.numerators) {
      const digits = decomposeLevel(grid, numerator);
      seen.add(digits.join());
      expect(composeLevel(grid, digits)).toBe(numerator);
      const powers = digits.flatMap((digit, i) =>
        digit === 0 ? [] : [grid.terms[i]?.[digit - 1]],
      );
      expect(powers.reduce<number>((sum, shift) => sum + 2 ** (shift as number), 0)).toBe(
        numerator,
      );
    }
    expect(seen.size).toBe(2 ** bits);
  },
);

test('refuses widths without such levels, and numbers that are none', () => {
  expect(() => apotGrid(0)).toThrow(/width from 1 to 8/);
  expect(() => apotGrid(9)).toThrow(QuantizerError);
  expect(() => apotGrid(4, 0)).toThrow(/terms of 1 to 8 bits/);
  expect(() => apotGrid(4, 3)).toThrow(/4 bits, 3 a term: expected a whole number of terms/);
  expect(() => apotGrid(5, 5)).toThrow(/no powers of two below 2\^-14/);
  const grid = apotGrid(3);
  for (const numerator of [5, 7, 9, 11, -1, 0.5, Number.NaN]) {
    expect(() => decomposeLevel(grid, numerator)).toThrow(QuantizerError);
  }
  expect(() => composeLevel(grid, [1])).toThrow(/1 terms: expected 2/);
  expect(() => composeLevel(grid, [4, 0])).toThrow(/power 4 of term 0: expected 0 to 3/);
});
