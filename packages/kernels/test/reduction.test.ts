import { random, randomNormal, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { reference } from '../src/index.ts';

const x = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
const all = { axes: [0, 1], keepAxes: false } as const;

test('sums and friends over each choice of axes', () => {
  expect(toNumbers(reference.reduceSum([x], { axes: [0], keepAxes: false }))).toEqual([5, 7, 9]);
  expect(toNumbers(reference.reduceSum([x], { axes: [1], keepAxes: false }))).toEqual([6, 15]);
  const kept = reference.reduceMean([x], { axes: [0, 1], keepAxes: true });
  expect([kept.shape, toNumbers(kept)]).toEqual([[1, 1], [3.5]]);
  expect(toNumbers(reference.reduceSum([x], { axes: [], keepAxes: false }))).toEqual([
    1, 2, 3, 4, 5, 6,
  ]);
  expect(toNumbers(reference.reduceProd([x], all))).toEqual([720]);
  expect(toNumbers(reference.reduceSumSquare([x], all))).toEqual([91]);
  expect(toNumbers(reference.reduceL1([reference.neg([x], {})], all))).toEqual([21]);
  expect(toNumbers(reference.reduceL2([tensor([3, -4])], { axes: [0], keepAxes: false }))).toEqual([
    5,
  ]);
  expect(
    toNumbers(reference.reduceLogSumExp([tensor([1000, 1000])], { axes: [0], keepAxes: false }))[0],
  ).toBeCloseTo(1000 + Math.LN2, 3);
  const middle = tensor(
    Array.from({ length: 12 }, (_, i) => i),
    [2, 3, 2],
  );
  expect(toNumbers(reference.reduceMax([middle], { axes: [1], keepAxes: false }))).toEqual([
    4, 5, 10, 11,
  ]);
  expect(toNumbers(reference.reduceMin([middle], { axes: [0, 2], keepAxes: false }))).toEqual([
    0, 2, 4,
  ]);
});

test('integers are exact and wrap', () => {
  const big = tensor([2n ** 62n, 2n ** 62n, -1n], [3], 'int64');
  const options = { axes: [0], keepAxes: false };
  expect(reference.reduceSum([big], options).data[0]).toBe(2n ** 63n - 1n);
  expect(toNumbers(reference.reduceMean([tensor([-3, -4], [2], 'int32')], options))).toEqual([-3]);
  expect(toNumbers(reference.reduceSumSquare([tensor([70000, 1], [2], 'int32')], options))).toEqual(
    [(70000 * 70000 + 1) | 0],
  );
  expect(toNumbers(reference.reduceMax([tensor([], [0], 'int8')], options))).toEqual([-128]);
  expect(toNumbers(reference.reduceMin([tensor([], [0])], options))).toEqual([
    Number.POSITIVE_INFINITY,
  ]);
  expect(() => reference.reduceMean([tensor([], [0], 'int8')], options)).toThrow(
    'reduceMean: no elements',
  );
});

test('arg max: first, last, axis', () => {
  const ties = tensor([1, 3, 3, 2, 2, 0], [2, 3]);
  expect(
    toNumbers(reference.argMax([ties], { axis: 1, keepAxes: false, selectLast: false })),
  ).toEqual([1, 0]);
  expect(
    toNumbers(reference.argMax([ties], { axis: 1, keepAxes: true, selectLast: true })),
  ).toEqual([2, 1]);
  expect(
    toNumbers(reference.argMin([ties], { axis: 0, keepAxes: false, selectLast: false })),
  ).toEqual([0, 1, 1]);
});

test('softmax is positive, sums to 1, ignores a shift; log-softmax is its logarithm', () => {
  const values = randomNormal([3, 4, 5], random(2), 0, 5);
  for (const axis of [0, 1, 2]) {
    const soft = reference.softmax([values], { axis });
    expect(Math.min(...toNumbers(soft))).toBeGreaterThan(0);
    for (const sum of toNumbers(reference.reduceSum([soft], { axes: [axis], keepAxes: false })))
      expect(sum).toBeCloseTo(1, 6);
    const shifted = reference.softmax([reference.add([values, tensor([100], [])], {})], { axis });
    const logs = toNumbers(reference.logSoftmax([values], { axis }));
    toNumbers(soft).forEach((value, i) => {
      expect(toNumbers(shifted)[i]).toBeCloseTo(value, 4);
      expect(Math.exp(logs[i] as number)).toBeCloseTo(value, 5);
    });
  }
});

test('cumulative sums', () => {
  expect(toNumbers(reference.cumulativeSum([x], { axis: 1 }))).toEqual([1, 3, 6, 4, 9, 15]);
  expect(toNumbers(reference.cumulativeSum([x], { axis: 0 }))).toEqual([1, 2, 3, 5, 7, 9]);
  expect(
    toNumbers(reference.cumulativeSum([tensor([200, 100], [2], 'uint8')], { axis: 0 })),
  ).toEqual([200, 44]);
});

test('normalisations have mean 0 and variance 1 where they promise it', () => {
  const images = randomNormal([2, 3, 4, 5], random(4), 7, 3);
  const [ones, zeros] = [tensor([1, 1, 1]), tensor([0, 0, 0])];
  const instance = reference.instanceNorm([images, ones, zeros], { epsilon: 0 });
  const layer = reference.layerNorm([images, tensor([1])], { axis: 2, epsilon: 0 });
  for (const result of [instance, layer]) {
    for (const mean of toNumbers(reference.reduceMean([result], { axes: [2, 3], keepAxes: false })))
      expect(mean).toBeCloseTo(0, 5);
    for (const sum of toNumbers(
      reference.reduceSumSquare([result], { axes: [2, 3], keepAxes: false }),
    ))
      expect(sum).toBeCloseTo(20, 3);
  }
  const batch = reference.batchNorm(
    [tensor([1, 2, 3, 4], [2, 2]), tensor([2, 1]), tensor([10, 0]), tensor([1, 2]), tensor([4, 1])],
    { epsilon: 0 },
  );
  expect(toNumbers(batch)).toEqual([10, 0, 12, 2]);
});
