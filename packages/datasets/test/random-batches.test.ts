import { expect, test } from 'vitest';
import { randomBatches } from '../src/index.ts';

test('the same seed gives the same numbers, another seed others', () => {
  const [a, b] = [...randomBatches([2, 3, 4, 4], 7, 2)];
  const [again] = randomBatches([2, 3, 4, 4], 7);
  const [other] = randomBatches([2, 3, 4, 4], 8);
  expect(a?.input.shape).toEqual([2, 3, 4, 4]);
  expect(again?.input.data).toEqual(a?.input.data);
  expect(b?.input.data).not.toEqual(a?.input.data);
  expect(other?.input.data).not.toEqual(a?.input.data);
  expect([...(b?.indices ?? [])]).toEqual([2, 3]);
});
