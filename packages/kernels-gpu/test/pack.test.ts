import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PackFormat, packFormat, packRows } from '../src/integer/pack.ts';
import { literal } from '../src/source.ts';

/** What a kernel reads: digits by division, in float32. */
function unpack(word: number, { base, digits, zero }: PackFormat): number[] {
  const weights: number[] = [];
  let rest = word;
  for (let t = 0; t < digits; t++) {
    const next = Math.floor(rest / base);
    weights.push(rest - next * base - zero);
    rest = next;
  }
  return weights;
}

test('weights of any width come out of the words that they go into, which float32 holds', () => {
  const ranges = fc.constantFrom(
    [-1, 0],
    [0, 1],
    [-1, 1],
    [-2, 1],
    [-4, 3],
    [-8, 7],
    [-32, 31],
    [-128, 127],
    [0, 255],
  );
  const cases = ranges.chain(([low, high]) =>
    fc.record({
      range: fc.constant([low, high] as const),
      rows: fc.integer({ min: 1, max: 3 }),
      values: fc.array(fc.integer({ min: low, max: high }), { minLength: 1, maxLength: 40 }),
    }),
  );
  fc.assert(
    fc.property(cases, ({ range, rows, values }) => {
      const format = packFormat(...range) as PackFormat;
      const all = Array.from({ length: rows }, () => values).flat();
      const { words, wordsPerRow } = packRows(all, rows, format);
      expect(words.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 24)).toBe(
        true,
      );
      for (let row = 0; row < rows; row++) {
        const own = Array.from(words.subarray(row * wordsPerRow, (row + 1) * wordsPerRow));
        const read = own.flatMap((word) => unpack(word, format));
        expect(read.slice(0, values.length).map((value) => value + 0)).toEqual(values);
        expect(read.slice(values.length).every((value) => value === 0)).toBe(true);
      }
    }),
  );
});

test('24 bits hold 24 signs, 15 trits, 12 crumbs, 6 nibbles, 3 bytes', () => {
  const digits = ([low, high]: readonly [number, number]): number | undefined =>
    packFormat(low, high)?.digits;
  expect(
    [
      [0, 1],
      [-1, 1],
      [-2, 1],
      [-4, 3],
      [-8, 7],
      [-128, 127],
    ].map((range) => digits(range as [number, number])),
  ).toEqual([24, 15, 12, 8, 6, 3]);
  expect(packFormat(-128, 128)).toBeUndefined();
});

test('literals are the float32 that they stand for', () => {
  const read = (text: string): number => Math.fround(Number(new Function(`return ${text}`)()));
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(read(literal(value)) + 0).toBe(value + 0);
    }),
  );
  expect(() => literal(Number.NaN)).toThrow('no literal for NaN');
});
