import { tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { numericalGradient } from '../../src/conformance/index.ts';
import { reference } from '../../src/index.ts';

test('gives the derivatives of a sum of squares, products and large numbers', () => {
  const x = tensor([3, -2, 0, 1000], [2, 2], 'float64');
  const w = tensor([1, 2, 3, 4], [2, 2], 'float64');
  const squares = numericalGradient(([a, b]) => product(product(a, a), b), [x, w], 0);
  expect(squares.shape).toEqual([2, 2]);
  toNumbers(squares).forEach((value, i) => {
    expect(value).toBeCloseTo([6, -8, 0, 8000][i] as number, 4);
  });
  const weights = numericalGradient(([a, b]) => product(product(a, a), b), [x, w], 1);
  expect(toNumbers(weights)[1]).toBeCloseTo(4, 8);
  expect(toNumbers(x)).toEqual([3, -2, 0, 1000]);
});

test('refuses float32, of the input and of the result', () => {
  const x = tensor([1]);
  expect(() => numericalGradient(([a]) => product(a, a), [x], 0)).toThrow(
    'numericalGradient: input 0 is float32, expected float64',
  );
  expect(() => numericalGradient(() => x, [tensor([1], [1], 'float64')], 0)).toThrow(
    'the result is float32',
  );
  expect(() => numericalGradient(() => x, [x], 1)).toThrow('input 1 is missing');
});

function product(
  a: Parameters<typeof reference.mul>[0][0] | undefined,
  b: Parameters<typeof reference.mul>[0][0] | undefined,
): ReturnType<typeof reference.mul> {
  if (!a || !b) throw new Error('an input is missing');
  return reference.mul([a, b], {});
}
