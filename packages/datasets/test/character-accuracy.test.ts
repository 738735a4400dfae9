import fc from 'fast-check';
import { expect, test } from 'vitest';
import { characterAccuracy, DatasetError, editDistance } from '../src/index.ts';

test('known distances', () => {
  const pairs: [string, string, number][] = [
    ['kitten', 'sitting', 3],
    ['flaw', 'lawn', 2],
    ['', 'abc', 3],
    ['same', 'same', 0],
    ['a😀b', 'ab', 1],
  ];
  for (const [a, b, distance] of pairs) expect(editDistance(a, b)).toBe(distance);
});

test('a distance is symmetric and keeps the triangle inequality', () => {
  const text = fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', 'c') });
  const property = fc.property(text, text, text, (a, b, c) => {
    expect(editDistance(a, b)).toBe(editDistance(b, a));
    expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
    expect(editDistance(a, b)).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
  });
  fc.assert(property);
});

test('long lines weigh more than short ones', () => {
  expect(characterAccuracy(['abcdefgh', 'ab'], ['abcdefgx', 'ab'])).toBe(0.9);
  expect(characterAccuracy(['ab'], ['zzzzzzzz'])).toBe(0);
  expect(characterAccuracy([], [])).toBe(1);
  expect(() => characterAccuracy(['a'], [])).toThrow(DatasetError);
});
