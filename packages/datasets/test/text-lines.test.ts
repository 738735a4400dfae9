import { random } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { textLine } from '../src/text-lines.ts';
import { words } from '../src/words.ts';

test('the words are plain, sorted and without doubles', () => {
  expect(words.length).toBeGreaterThan(500);
  expect(new Set(words).size).toBe(words.length);
  expect(words.every((word) => /^[a-z]{2,}$/.test(word))).toBe(true);
  expect([...words].sort()).toEqual(words);
});

test('lines vary, in the same way for the same seed', () => {
  const lines = (seed: number): string[] => {
    const stream = random(seed);
    return Array.from({ length: 300 }, () => textLine(stream));
  };
  const some = lines(3);
  expect(lines(3)).toEqual(some);
  expect(lines(4)).not.toEqual(some);
  expect(new Set(some).size).toBeGreaterThan(290);
  const share = (pattern: RegExp): number => some.filter((line) => pattern.test(line)).length / 300;
  expect(share(/^[A-Za-z0-9 .$%-]+$/)).toBe(1);
  expect(share(/\d\.\d\d( USD)?$/)).toBeGreaterThan(0.15);
  expect(share(/ \d{4}-\d\d-\d\d$/)).toBeGreaterThan(0.03);
  expect(share(/ [A-Z]\d\d-\d{4}$/)).toBeGreaterThan(0.03);
});
