import { expect, test } from 'vitest';
import {
  broadcastShapes,
  broadcastStrides,
  normalizeAxis,
  random,
  randomNormal,
  reshape,
  scope,
  sizeOf,
  stridesOf,
  TensorError,
  tensor,
  toHeap,
  toNumbers,
  zeros,
} from '../src/index.ts';

test('a typed array is shared, numbers are copied', () => {
  const values = new Float32Array([1, 2, 3, 4]);
  const t = tensor(values, [2, 2]);
  values[0] = 9;
  expect(toNumbers(t)).toEqual([9, 2, 3, 4]);
  expect(tensor([1, 2, 3]).shape).toEqual([3]);
  expect(tensor([1, 2], [2], 'int64').data).toEqual(new BigInt64Array([1n, 2n]));
  expect(tensor(new Uint8Array([1, 0]), [2], 'bool').dtype).toBe('bool');
});

test('sizes are checked before anything is allocated', () => {
  expect(() => tensor([1, 2, 3], [2, 2])).toThrow('shape [2,2] needs 4 values, got 3');
  expect(() => zeros([1e6, 1e6])).toThrow(TensorError);
  expect(() => zeros([-1])).toThrow('-1 is not a size');
  expect(() => sizeOf([1.5])).toThrow(TensorError);
});

test('reshape shares storage', () => {
  const a = zeros([2, 3]);
  const b = reshape(a, [3, 2]);
  a.data[5] = 7;
  expect(b.data[5]).toBe(7);
  expect(() => reshape(a, [4])).toThrow('6 elements');
});

test('broadcasting follows NumPy', () => {
  expect(broadcastShapes([2, 1, 3], [4, 1])).toEqual([2, 4, 3]);
  expect(() => broadcastShapes([2], [3])).toThrow('do not broadcast');
  expect(broadcastStrides([4, 1], [2, 4, 3])).toEqual([0, 1, 0]);
  expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
  expect(normalizeAxis(-1, 3)).toBe(2);
  expect(() => normalizeAxis(3, 3)).toThrow(TensorError);
});

test('a scope releases what it does not return', () => {
  let inner = zeros([1]);
  const kept = scope(() => {
    inner = zeros([2]);
    return { result: [zeros([3])] };
  });
  expect(inner.storage.disposed).toBe(true);
  expect(() => inner.data).toThrow('disposed');
  expect(kept.result[0]?.storage.disposed).toBe(false);
});

test('nested scopes hand results outward, and a throw releases everything', () => {
  let middle = zeros([1]);
  scope(() => {
    middle = scope(() => zeros([1]));
    expect(middle.storage.disposed).toBe(false);
    return undefined;
  });
  expect(middle.storage.disposed).toBe(true);
  let lost = zeros([1]);
  expect(() =>
    scope(() => {
      lost = zeros([1]);
      throw new Error('stop');
    }),
  ).toThrow('stop');
  expect(lost.storage.disposed).toBe(true);
});

test('toHeap copies', () => {
  const a = tensor([1, 2]);
  const b = toHeap(a);
  a.data[0] = 5;
  expect(toNumbers(b)).toEqual([1, 2]);
});

test('random streams repeat and have the right moments', () => {
  expect(random(1).uniform()).toBe(random(1).uniform());
  expect(random(1).uniform()).not.toBe(random(2).uniform());
  const values = toNumbers(randomNormal([20000], random(3), 2, 3));
  const mean = values.reduce((a, b) => a + b) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
  expect(mean).toBeCloseTo(2, 1);
  expect(Math.sqrt(variance)).toBeCloseTo(3, 1);
  expect([...random(4).permutation(50)].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 50 }, (_, i) => i),
  );
});
