import { isFloatTensor, random, type Shape, type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { expect } from 'vitest';
import { mul, sum, valueAndGrad } from '../src/index.ts';

const stream = random(7);

/** A float64 tensor of uniform values in [low, high). */
export function uniform(shape: Shape, low = -1, high = 1): Tensor<'float64'> {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float64Array.from({ length: size }, () => low + (high - low) * stream.uniform());
  return tensor(values, shape, 'float64');
}

/** A float64 tensor whose elements keep their distance from each other and from 0. */
export function distinct(shape: Shape, step = 0.05): Tensor<'float64'> {
  const size = shape.reduce((a, b) => a * b, 1);
  const order = stream.permutation(size);
  const values = Float64Array.from(order, (place) => step * (place - size / 2 + 0.3));
  return tensor(values, shape, 'float64');
}

/**
 * Checks the gradient of a random combination of the elements of `f`'s result, with respect to
 * every float operand, against central differences.
 */
export function checkGradient(
  f: (...operands: readonly Tensor[]) => Tensor,
  operands: readonly Tensor[],
  tolerance = 1e-6,
): void {
  const weights = uniform(f(...operands).shape);
  const floats = operands.filter(isFloatTensor);
  const loss = (given: readonly Tensor[]): Tensor => {
    let next = 0;
    const all = operands.map((x) => (isFloatTensor(x) ? (given[next++] as Tensor) : x));
    return sum(mul(f(...all), weights));
  };
  const { gradient } = valueAndGrad(loss)(floats);
  const h = 1e-5;
  for (const [k, operand] of floats.entries()) {
    const values = toNumbers(operand);
    const at = (i: number, value: number): number => {
      const moved = values.slice();
      moved[i] = value;
      const given = floats.map((x, j) => (j === k ? tensor(moved, x.shape, x.dtype) : x));
      return toNumbers(loss(given))[0] as number;
    };
    const expected = values.map((x, i) => (at(i, x + h) - at(i, x - h)) / (2 * h));
    const found = toNumbers(gradient[k] as Tensor);
    const largest = Math.max(1, ...expected.map(Math.abs));
    for (const [i, value] of expected.entries()) {
      const error = Math.abs((found[i] as number) - value);
      expect(error, `operand ${k}, element ${i}: ${found[i]} against ${value}`).toBeLessThan(
        tolerance * largest,
      );
    }
  }
}
