import { expect, test } from 'vitest';
import { bytesText, countText, decibelText, numberText, shellWord } from '../src/format.ts';

const plain = (text: string): string => text.replace('\u202f', ' ');

test('sizes and counts round at their units', () => {
  expect([0, 999, 1000, 999_499, 999_500, 10_774_832].map(bytesText).map(plain)).toEqual([
    '0 B',
    '999 B',
    '1.00 kB',
    '999 kB',
    '1.00 MB',
    '10.8 MB',
  ]);
  expect([7, 2304, 40_800_000].map(countText).map(plain)).toEqual(['7', '2.30 k', '40.8 M']);
});

test('numbers keep three digits', () => {
  expect([0, -0.12345, 1234.5, 0.00412, 0.0000123, 1.5e7].map(numberText)).toEqual([
    '0',
    '−0.123',
    '1230',
    '0.00412',
    '1.2e-5',
    '1.5e7',
  ]);
  expect([31.44, Number.POSITIVE_INFINITY].map(decibelText)).toEqual(['31.4', 'exact']);
});

test('shell words are quoted when they must be', () => {
  expect(shellWord('layer1.0/conv:2')).toBe('layer1.0/conv:2');
  expect(shellWord("a b'; rm *")).toBe(`'a b'\\''; rm *'`);
});
