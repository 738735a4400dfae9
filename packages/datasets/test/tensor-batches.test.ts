import { tensor, zeros } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { DatasetError, tensorBatches } from '../src/index.ts';

test('rows go in order, whole numbers become float32', () => {
  const input = tensor([1, 2, 3, 4, 5, 6], [3, 2], 'uint8');
  const all = [...tensorBatches(input, { batchSize: 2 })];
  expect(all.map((batch) => [batch.input.dtype, batch.input.shape, [...batch.input.data]])).toEqual(
    [
      ['float32', [2, 2], [1, 2, 3, 4]],
      ['float32', [1, 2], [5, 6]],
    ],
  );
  expect([...tensorBatches(input, { limit: 1 })].map(({ indices }) => [...indices])).toEqual([[0]]);
});

test('scalars and 64-bit integers are refused', () => {
  expect(() => [...tensorBatches(zeros([]))]).toThrow(DatasetError);
  expect(() => [...tensorBatches(zeros([2], 'int64'))]).toThrow(/int64 \[2\]/);
  expect(() => [...tensorBatches(zeros([2]), { batchSize: 0 })]).toThrow(DatasetError);
});
