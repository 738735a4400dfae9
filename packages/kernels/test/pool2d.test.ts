import { tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { pool2dShape, reference } from '../src/index.ts';

const plain = {
  kernel: [2, 2],
  strides: [2, 2],
  dilations: [1, 1],
  padding: [0, 0, 0, 0],
  ceil: false,
} as const;
const x = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]);

test('maxima, their places and ceil', () => {
  expect(toNumbers(reference.maxPool2d([x], plain))).toEqual([5]);
  expect(toNumbers(reference.maxPool2d([x], { ...plain, ceil: true }))).toEqual([5, 6, 8, 9]);
  expect(
    toNumbers(reference.maxPool2dIndices([x], { ...plain, ceil: true, columnMajor: false })),
  ).toEqual([4, 5, 7, 8]);
  expect(
    toNumbers(reference.maxPool2dIndices([x], { ...plain, ceil: true, columnMajor: true })),
  ).toEqual([4, 7, 5, 8]);
});

test('padding never wins a maximum, of integers either', () => {
  const negative = tensor([-5, -6, -7, -8], [1, 1, 2, 2], 'int8');
  const padded = { ...plain, strides: [1, 1], padding: [1, 1, 1, 1] } as const;
  expect(toNumbers(reference.maxPool2d([negative], padded))).toEqual([
    -5, -5, -6, -5, -5, -6, -7, -7, -8,
  ]);
  const far = { ...plain, kernel: [1, 1], strides: [1, 1], padding: [0, 1, 0, 0] } as const;
  expect(toNumbers(reference.maxPool2d([negative], far))[0]).toBe(-128);
});

test('means with and without counting the padding', () => {
  const padded = { ...plain, padding: [1, 1, 0, 0] } as const;
  expect(toNumbers(reference.averagePool2d([x], { ...padded, countPadding: false }))).toEqual([
    1, 2.5, 5.5, 7,
  ]);
  expect(toNumbers(reference.averagePool2d([x], { ...padded, countPadding: true }))).toEqual([
    0.25, 1.25, 2.75, 7,
  ]);
  const ceil = { ...plain, ceil: true, countPadding: true } as const;
  expect(toNumbers(reference.averagePool2d([x], ceil))).toEqual([3, 4.5, 7.5, 9]);
});

test('ceil leaves out a window that starts in the padding behind the image', () => {
  const options = { ...plain, kernel: [1, 1], padding: [0, 0, 1, 1], ceil: true } as const;
  expect(pool2dShape([1, 1, 4, 4], options)).toEqual([1, 1, 2, 2]);
});

test('NaN wins a maximum', () => {
  const nan = tensor([1, Number.NaN, 2, 3], [1, 1, 2, 2]);
  expect(toNumbers(reference.maxPool2d([nan], plain))).toEqual([Number.NaN]);
});
