import { type Random, random, type Shape, type Tensor, toNumbers } from '@subbyte/tensor';
import { expect } from 'vitest';
import { numericalGradient } from '../../src/conformance/index.ts';
import { uniform } from '../../src/conformance/operands.ts';
import { reference } from '../../src/index.ts';

/** A stream of its own for every test. */
export const stream = (seed: string): Random =>
  random([...seed].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7));

/** float64 values in [-2, 2). */
export const float64 = (r: Random, shape: Shape, low = -2, high = 2): Tensor =>
  uniform(r, shape, low, high, 'float64');

/**
 * Expects `actual` to be the gradient of `sum(forward(inputs) * gradient)` with respect to input
 * `index`: within 1e-6 of the largest element of what central differences give.
 */
export function expectGradient(
  actual: Tensor,
  forward: (inputs: readonly Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  index: number,
  gradient: Tensor,
): void {
  const weighted = (given: readonly Tensor[]): Tensor =>
    reference.mul([forward(given), gradient], {});
  const expected = numericalGradient(weighted, inputs, index);
  expect(actual.dtype).toBe('float64');
  expect(actual.shape).toEqual(expected.shape);
  const numbers = toNumbers(expected);
  const scale = Math.max(1e-3, ...numbers.map(Math.abs));
  const errors = toNumbers(actual).map((a, i) => Math.abs(a - (numbers[i] as number)) / scale);
  expect(Math.max(0, ...errors)).toBeLessThan(1e-6);
}
