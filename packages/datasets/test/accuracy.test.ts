import { tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { accuracy, accuracyCounter, DatasetError } from '../src/index.ts';

const scores = tensor([0.1, 0.7, 0.2, 5, 4, 3, 1, 1, 1], [3, 3]);

test('the best k count; equal scores rank in the order of classes', () => {
  expect(accuracy(scores, [1, 2, 0], [1, 2, 3])).toEqual([2 / 3, 2 / 3, 1]);
  expect(accuracy(scores, [2, 1, 2], [1, 2, 3])).toEqual([0, 2 / 3, 1]);
});

test('batches add up', () => {
  const counter = accuracyCounter([1]);
  expect(counter.result()).toEqual([0]);
  counter.add(scores, Int32Array.of(1, 0, 0));
  counter.add(tensor([1, 0], [1, 2, 1, 1]), [1]);
  expect([counter.count, ...counter.result()]).toEqual([4, 0.75]);
});

test('NaN is never a hit', () => {
  expect(accuracy(tensor([Number.NaN, Number.NaN], [1, 2]), [0], [1])).toEqual([0]);
  expect(accuracy(tensor([1, Number.NaN], [1, 2]), [0], [1])).toEqual([0]);
});

test('scores and labels that do not fit are refused', () => {
  expect(() => accuracy(scores, [1, 2])).toThrow(DatasetError);
  expect(() => accuracy(scores, [1, 2, 3])).toThrow(/label 3: the model has 3 classes/);
  expect(() => accuracy(scores, [1, 2, -1])).toThrow(DatasetError);
  expect(() => accuracy(tensor([1, 2], [2]), [0, 0])).toThrow(DatasetError);
});
