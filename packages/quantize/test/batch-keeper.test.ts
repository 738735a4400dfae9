import { type Tensor, tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { batchKeeper } from '../src/batch-keeper.ts';

const batch = (id: number, size = 1): { x: Tensor } => ({
  x: tensor(new Float32Array(size).fill(id)),
});

function kept(count: number, samples: number, size = 1): number[] {
  const keeper = batchKeeper();
  for (let id = 0; id < count; id++) keeper.offer(batch(id, size), samples);
  return keeper.batches().map(({ x }) => Number(x?.data[0]));
}

test('everything is kept while it fits', () => {
  expect(kept(4, 32)).toEqual([0, 1, 2, 3]);
});

test('what is kept of a long stream is spread evenly', () => {
  expect(kept(8, 32)).toEqual([0, 2, 4, 6]);
  expect(kept(100, 32)).toEqual([0, 32, 64, 96]);
});

test('large batches count by their elements, and one always stays', () => {
  expect(kept(5, 1, 2 ** 21)).toEqual([0, 4]);
  expect(kept(3, 1, 2 ** 23)).toEqual([0]);
  expect(kept(1, 1000)).toEqual([0]);
});
