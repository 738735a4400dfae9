import { expect, test } from 'vitest';
import { cosine, linear, OptimError, sequence, stepDecay, warmUp } from '../src/index.ts';

const at = (schedule: (step: number) => number, ...steps: number[]): number[] =>
  steps.map((step) => Number(schedule(step).toFixed(9)));

test('schedules take their values at the beginning, in between and beyond the end', () => {
  expect(at(linear(1, 0, 4), 0, 1, 4, 9)).toEqual([1, 0.75, 0, 0]);
  expect(at(cosine(2, 4), 0, 1, 2, 4, 9)).toEqual([2, 1.707106781, 1, 0, 0]);
  expect(at(cosine(1, 10, 0.2), 0, 5, 10)).toEqual([1, 0.6, 0.2]);
  expect(at(stepDecay(1, 3, 0.5), 0, 2, 3, 6)).toEqual([1, 1, 0.5, 0.25]);
  expect(at(stepDecay(1, [2, 5]), 1, 2, 5)).toEqual([1, 0.1, 0.01]);
});

test('schedules compose', () => {
  expect(at(warmUp(cosine(1, 4), 3), 0, 1, 2, 3, 5, 7)).toEqual([0.25, 0.5, 0.75, 1, 0.5, 0]);
  const parts = sequence([
    [0.5, 2],
    [linear(1, 0, 2), 2],
    [0.1, 0],
  ]);
  expect(at(parts, 0, 1, 2, 3, 4, 99)).toEqual([0.5, 0.5, 1, 0.5, 0.1, 0.1]);
});

test('schedules refuse what makes no sense', () => {
  expect(() => cosine(1, 0)).toThrow(OptimError);
  expect(() => linear(1, 0, Number.NaN)).toThrow('steps is NaN, expected a number of at least 1');
  expect(() => sequence([])).toThrow('at least one');
});
