import { expect, test } from 'vitest';
import { matches } from '../src/names.ts';

test.each([
  ['conv1', 'conv1', true],
  ['conv1', 'conv10', false],
  ['conv*', 'conv10', true],
  ['*', '', true],
  ['*.weight', 'a.weight', true],
  ['a*b*c', 'a-b-c', true],
  ['a*b*c', 'acb', false],
  ['ab*ba', 'aba', false],
  ['a**b', 'ab', true],
  ['a.c', 'abc', false],
  ['*b*', 'abc', true],
  ['*a*a', 'a', false],
])('%s on %s: %s', (pattern, name, expected) => {
  expect(matches(pattern, name)).toBe(expected);
});
