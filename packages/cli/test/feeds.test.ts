import type { ValueInfo } from '@subbyte/graph';
import { toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { feedShapes, isOpen, randomFeeds } from '../src/bench/index.ts';

const inputs: readonly ValueInfo[] = [
  { name: 'ids', dtype: 'int64', shape: ['n', 'length'] },
  { name: 'x', dtype: 'float32', shape: ['n', 3] },
];

test('the batch fills first axes, shapes fill the rest', () => {
  const [ids, x] = feedShapes(inputs, { batch: 4 });
  expect(ids?.shape).toEqual([4, 'length']);
  expect(isOpen(ids as never)).toBe(true);
  expect(x?.shape).toEqual([4, 3]);
  const whole = feedShapes(inputs, { shapes: { ids: [2, 7] } });
  expect(whole.some(isOpen)).toBe(false);
  const feeds = randomFeeds(whole, 1);
  expect(feeds.ids).toMatchObject({ shape: [2, 7], dtype: 'int64' });
  expect(feeds.x).toMatchObject({ shape: [1, 3], dtype: 'float32' });
  expect(new Set(toNumbers(feeds.x as never)).size).toBe(3);
  expect(toNumbers(randomFeeds(whole, 1).x as never)).toEqual(toNumbers(feeds.x as never));
});

test.each([
  [{ y: [1] }, /shape for "y", but the inputs of the model are ids, x/],
  [{ x: [1, 4] }, /input "x" takes nx3, got the shape 1x4/],
  [{ x: [3] }, /input "x" takes nx3, got the shape 3/],
])('%j contradicts the model', (shapes, message) => {
  expect(() => feedShapes(inputs, { shapes: shapes as never })).toThrow(message);
});

test('open sizes and huge tensors are refused', () => {
  expect(() => randomFeeds(feedShapes(inputs))).toThrow('input "ids" has open sizes: 1xlength');
  const huge = feedShapes(inputs, { batch: 2 ** 28, shapes: { ids: [1, 1] } });
  expect(() => randomFeeds(huge)).toThrow('more than 2^28 elements');
  expect(() => randomFeeds([{ name: 'z', dtype: 'float32', shape: undefined }])).toThrow(
    'any rank',
  );
});
