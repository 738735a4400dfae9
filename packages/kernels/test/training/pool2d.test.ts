import { type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { plain, pools } from '../../src/conformance/pooling.ts';
import { pool2dShape, reference } from '../../src/index.ts';
import { expectGradient, float64, stream } from './expect-gradient.ts';

for (const [label, image, change] of pools) {
  // Two planes are enough, and central differences run the forward kernel for every element.
  const shape = image.map((size, axis) => (axis < 2 ? Math.min(size, 2) : size));
  test(`gradients of both poolings: ${label}`, () => {
    const options = { ...plain, ...change };
    const r = stream(label);
    const x = float64(r, shape);
    const gradient = float64(r, pool2dShape(shape, options));
    // A window in padding only has the maximum -Infinity, whatever x is.
    const finite = ([a]: readonly Tensor[]): Tensor =>
      reference.clip([reference.maxPool2d([a as Tensor], options)], { min: -1e3, max: 1e3 });
    const forMax = reference.maxPool2dGradient([x, gradient], options);
    expectGradient(forMax, finite, [x], 0, gradient);
    for (const countPadding of [false, true]) {
      const own = { ...options, countPadding };
      expectGradient(
        reference.averagePool2dGradient([gradient], { ...own, inputShape: shape }),
        ([a]) => reference.averagePool2d([a as Tensor], own),
        [x],
        0,
        gradient,
      );
    }
  });
}

test('of equal maxima the first of each window gets the gradient', () => {
  const x = tensor([1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 3, 3]);
  const options = { ...plain, strides: [1, 1] } as const;
  const gradient = tensor([1, 2, 4, 8], [1, 1, 2, 2]);
  expect(toNumbers(reference.maxPool2dGradient([x, gradient], options))).toEqual([
    1, 2, 0, 4, 8, 0, 0, 0, 0,
  ]);
  const padded = { ...plain, padding: [1, 1, 0, 0] } as const;
  expect(toNumbers(reference.maxPool2dGradient([x, gradient], padded))).toEqual([
    1, 2, 0, 4, 8, 0, 0, 0, 0,
  ]);
});

test('one element that wins several windows gets the sum', () => {
  const x = tensor([0, 0, 0, 0, 9, 0, 0, 0, 0], [1, 1, 3, 3]);
  const gradient = tensor([1, 2, 4, 8], [1, 1, 2, 2]);
  const result = reference.maxPool2dGradient([x, gradient], { ...plain, strides: [1, 1] });
  expect(toNumbers(result)).toEqual([0, 0, 0, 0, 15, 0, 0, 0, 0]);
});
