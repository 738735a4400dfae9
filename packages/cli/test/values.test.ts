import { expect, test } from 'vitest';
import {
  bytesOf,
  choiceOf,
  integerOf,
  namesOf,
  numberOf,
  numbersOf,
} from '../src/options/values.ts';

test('whole numbers within their range', () => {
  expect(integerOf('samples', '256', 1)).toBe(256);
  expect(() => integerOf('samples', '0', 1)).toThrow('--samples is "0", expected a whole number');
  expect(() => integerOf('weights', '9', 2, 8)).toThrow('from 2 to 8');
  for (const text of ['4.5', '1e3', '', ' 4', 'four', '0x10', '99999999999999999999']) {
    expect(() => integerOf('samples', text, 1), text).toThrow('expected a whole number');
  }
});

test('numbers within their range', () => {
  expect(numberOf('step-rate', '2e-3', 0, 1)).toBe(0.002);
  for (const text of ['', ' ', 'fast', '-0.1', '1.5', 'NaN', '1,2']) {
    expect(() => numberOf('step-rate', text, 0, 1), text).toThrow(
      `--step-rate is "${text}", expected a number from 0 to 1`,
    );
  }
});

test('a choice names the nearest word', () => {
  expect(choiceOf('format', 'qdq', ['qdq', 'packed'])).toBe('qdq');
  expect(() => choiceOf('format', 'pack', ['qdq', 'packed'])).toThrow('did you mean "packed"?');
});

test('lists of names and numbers', () => {
  expect(namesOf('conv1, conv2,,')).toEqual(['conv1', 'conv2']);
  expect(namesOf(undefined)).toEqual([]);
  expect(numbersOf('mean', '0.485,-1,2e-1')).toEqual([0.485, -1, 0.2]);
  expect(() => numbersOf('mean', '1,,2')).toThrow('expected numbers separated by commas');
  expect(() => numbersOf('mean', '1,x')).toThrow('--mean is "1,x"');
});

test('bytes with a unit', () => {
  const known = { 200000: 200_000, '512MB': 512e6, '1.5 gb': 1.5e9, '3kB': 3000, '2GiB': 2 ** 31 };
  for (const [text, bytes] of Object.entries(known)) expect(bytesOf('memory', text)).toBe(bytes);
  for (const text of ['', 'MB', '-1MB', '0', '0.5', '5TB5', '1e3', '9999999999GB', '2 G B']) {
    expect(() => bytesOf('memory', text), text).toThrow('expected bytes like 512MB');
  }
});
