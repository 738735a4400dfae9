import { tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { type ResizeOptions, reference } from '../src/index.ts';

const plain: ResizeOptions = {
  shape: [8],
  scales: [2],
  mode: 'linear',
  coordinates: 'half_pixel',
  nearest: 'round_prefer_floor',
  cubicCoefficient: -0.75,
  excludeOutside: false,
};
const line = tensor([0, 1, 2, 3]);
const resize = (change: Partial<ResizeOptions>): number[] =>
  toNumbers(reference.resize([line], { ...plain, ...change }));

test('linear at the documented coordinates', () => {
  expect(resize({})).toEqual([0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]);
  expect(resize({ coordinates: 'asymmetric' })).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3]);
  expect(resize({ coordinates: 'align_corners', shape: [7], scales: [1.75] })).toEqual([
    0, 0.5, 1, 1.5, 2, 2.5, 3,
  ]);
  expect(resize({ coordinates: 'pytorch_half_pixel', shape: [1], scales: [0.25] })).toEqual([0]);
  expect(resize({ coordinates: 'half_pixel', shape: [1], scales: [0.25] })).toEqual([1.5]);
  // 3.5 pixels are asked for, 3 made: the symmetric form keeps the centre of the image.
  const symmetric = resize({ coordinates: 'half_pixel_symmetric', shape: [3], scales: [0.875] });
  expect(symmetric[1]).toBeCloseTo(1.5, 6);
  expect((symmetric[0] as number) + (symmetric[2] as number)).toBeCloseTo(3, 6);
});

test('nearest: ties go where the mode says', () => {
  const halves = { mode: 'nearest', coordinates: 'asymmetric' } as const;
  expect(resize({ ...halves, nearest: 'round_prefer_floor' })).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  expect(resize({ ...halves, nearest: 'round_prefer_ceil' })).toEqual([0, 1, 1, 2, 2, 3, 3, 3]);
  expect(resize({ ...halves, nearest: 'ceil' })).toEqual([0, 1, 1, 2, 2, 3, 3, 3]);
  expect(resize({ ...halves, nearest: 'floor', shape: [2], scales: [0.5] })).toEqual([0, 2]);
});

test('cubic reproduces straight lines inside, and constants everywhere', () => {
  const middle = toNumbers(
    reference.resize([tensor([0, 1, 2, 3, 4, 5, 6, 7])], {
      ...plain,
      mode: 'cubic',
      cubicCoefficient: -0.5,
      shape: [16],
    }),
  ).slice(4, 12);
  middle.forEach((value, i) => {
    expect(value).toBeCloseTo((i + 4.5) / 2 - 0.5, 5);
  });
  for (const excludeOutside of [false, true]) {
    const flat = reference.resize([tensor([5, 5, 5])], {
      ...plain,
      mode: 'cubic',
      shape: [7],
      scales: [7 / 3],
      excludeOutside,
    });
    for (const value of toNumbers(flat)) expect(value).toBeCloseTo(5, 5);
  }
});

test('bilinear images are linear along each axis', () => {
  const image = tensor([0, 1, 10, 11], [1, 1, 2, 2]);
  const y = reference.resize([image], {
    ...plain,
    coordinates: 'align_corners',
    shape: [1, 1, 3, 3],
    scales: [1, 1, 1.5, 1.5],
  });
  expect(toNumbers(y)).toEqual([0, 0.5, 1, 5, 5.5, 6, 10, 10.5, 11]);
});
