import { type Shape, type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { modes, pads, slices } from '../../src/conformance/movement.ts';
import { resizes } from '../../src/conformance/resize.ts';
import { padShape, reference } from '../../src/index.ts';
import { expectGradient, float64, stream } from './expect-gradient.ts';

for (const mode of modes) {
  test(`pad, mode ${mode}: what repeats adds up, what is cut off gets 0`, () => {
    for (const [inputShape, before, after] of pads) {
      const options = { mode, before, after, value: 1.5 };
      const r = stream(`${mode} ${before}`);
      const x = float64(r, inputShape);
      const gradient = float64(r, padShape(inputShape, options));
      expectGradient(
        reference.padGradient([gradient], { ...options, inputShape }),
        ([a]) => reference.pad([a as Tensor], options),
        [x],
        0,
        gradient,
      );
    }
  });
}

test('pad by numbers', () => {
  const gradient = tensor([1, 2, 4, 8, 16]);
  const options = { before: [2], after: [0], value: 0, inputShape: [3] };
  const by = (mode: (typeof modes)[number]): number[] =>
    toNumbers(reference.padGradient([gradient], { ...options, mode }));
  expect(by('constant')).toEqual([4, 8, 16]);
  expect(by('edge')).toEqual([7, 8, 16]);
  expect(by('reflect')).toEqual([4, 10, 17]);
  expect(by('wrap')).toEqual([4, 9, 18]);
});

test('slice with steps forwards and backwards', () => {
  for (const [inputShape, starts, sizes, steps] of slices) {
    const options = { starts, sizes, steps };
    const r = stream(`slice ${starts}`);
    const gradient = float64(r, sizes);
    expectGradient(
      reference.sliceGradient([gradient], { ...options, inputShape }),
      ([a]) => reference.slice([a as Tensor], options),
      [float64(r, inputShape)],
      0,
      gradient,
    );
  }
});

for (const mode of ['nearest', 'linear', 'cubic'] as const) {
  test(`resize, mode ${mode}, at all coordinates`, () => {
    const plans = resizes.filter(([, x, options]) => options.mode === mode && x[0] === 1);
    expect(plans.length).toBeGreaterThan(14);
    for (const [label, inputShape, options] of plans) {
      const r = stream(label);
      const gradient = float64(r, options.shape);
      expectGradient(
        reference.resizeGradient([gradient], { ...options, inputShape }),
        ([a]) => reference.resize([a as Tensor], options),
        [float64(r, inputShape)],
        0,
        gradient,
      );
    }
  });
}

test('resize keeps the sum of the gradient, by numbers', () => {
  const options = {
    shape: [4],
    scales: [2],
    coordinates: 'half_pixel',
    nearest: 'round_prefer_floor',
    cubicCoefficient: -0.75,
    excludeOutside: false,
    inputShape: [2],
  } as const;
  const gradient = tensor([1, 2, 4, 8]);
  const by = (mode: 'nearest' | 'linear'): number[] =>
    toNumbers(reference.resizeGradient([gradient], { ...options, mode }));
  expect(by('nearest')).toEqual([3, 12]);
  expect(by('linear')).toEqual([1 + 1.5 + 1, 0.5 + 3 + 8]);
});

const gathers: readonly (readonly [x: Shape, indices: number[], shape: Shape, axis: number])[] = [
  [[4, 3], [1, 1, -3, 0, 1], [5], 0],
  [[2, 5, 3], [4, 4, -1, 0], [2, 2], 1],
  [[3, 2], [1], [], 1],
  [[3, 2], [], [0], 0],
];

test('gather adds up repeated indices', () => {
  for (const [inputShape, indices, shape, axis] of gathers) {
    const places = tensor(indices, shape, 'int64');
    const r = stream(`gather ${indices}`);
    const x = float64(r, inputShape);
    const gradient = float64(r, reference.gather([x, places], { axis }).shape);
    expectGradient(
      reference.gatherGradient([gradient, places], { axis, inputShape }),
      ([a]) => reference.gather([a as Tensor, places], { axis }),
      [x],
      0,
      gradient,
    );
  }
  const sums = reference.gatherGradient(
    [tensor([1, 2, 4, 8], [4]), tensor([2, 0, 2, -1], [4], 'int32')],
    { axis: 0, inputShape: [3] },
  );
  expect(toNumbers(sums)).toEqual([2, 0, 13]);
});

test('gatherElements adds up repeated indices', () => {
  const plans: readonly (readonly [x: Shape, indices: number[], shape: Shape, axis: number])[] = [
    [[3, 3], [0, 0, 2, 0, -1, 2], [2, 3], 0],
    [[3, 4], [3, 3, -1, 0, 0, 0], [3, 2], 1],
    [[2, 3, 4], [1, 1, 1, 0, -3, 2, 2, 2], [1, 4, 2], 1],
  ];
  for (const [inputShape, indices, shape, axis] of plans) {
    const places = tensor(indices, shape, 'int64');
    const r = stream(`elements ${indices}`);
    const gradient = float64(r, shape);
    expectGradient(
      reference.gatherElementsGradient([gradient, places], { axis, inputShape }),
      ([a]) => reference.gatherElements([a as Tensor, places], { axis }),
      [float64(r, inputShape)],
      0,
      gradient,
    );
  }
});

test('an index beyond the axis is refused in the name of the gradient', () => {
  const gradient = tensor([1]);
  const indices = tensor([3], [1], 'int64');
  expect(() => reference.gatherGradient([gradient, indices], { axis: 0, inputShape: [3] })).toThrow(
    'gatherGradient: index 3 is outside an axis of 3 elements',
  );
});
