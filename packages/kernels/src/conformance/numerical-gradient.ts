import { type Tensor, toHeap, toNumbers, zeros } from '@subbyte/tensor';
import { KernelError } from '../errors.ts';

/**
 * Gradient of the sum of all elements of `f(inputs)` with respect to `inputs[index]`, by central
 * differences: an oracle for gradients, right to about ten digits where `f` is smooth.
 *
 * Weigh the result inside `f` to check one gradient against many: with `sum(f(x) * w)` this is what
 * a gradient kernel gives for `gradient = w`. `f` runs twice for every element.
 * @param step distance to either side, for elements beyond 1 times their magnitude.
 * @returns a float64 tensor with the shape of the input.
 * @throws KernelError unless that input and the result are float64: float32 is too coarse.
 */
export function numericalGradient(
  f: (inputs: readonly Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  index: number,
  step = 1e-5,
): Tensor<'float64'> {
  const input = inputs[index];
  if (input?.dtype !== 'float64') {
    throw new KernelError(
      `numericalGradient: input ${index} is ${input?.dtype ?? 'missing'}, expected float64`,
    );
  }
  const valuesAt = (element: number, value: number): number[] => {
    const moved = toHeap(input);
    moved.data[element] = value;
    const result = f(inputs.map((other, i) => (i === index ? moved : other)));
    if (result.dtype !== 'float64') {
      throw new KernelError(`numericalGradient: the result is ${result.dtype}, expected float64`);
    }
    return toNumbers(result);
  };
  const gradient = zeros(input.shape, 'float64');
  for (const [element, value] of toNumbers(input).entries()) {
    const distance = step * Math.max(1, Math.abs(value));
    const [low, high] = [value - distance, value + distance];
    const before = valuesAt(element, low);
    let change = 0;
    // Differences first: what does not depend on this element cancels exactly.
    for (const [i, after] of valuesAt(element, high).entries())
      change += after - (before[i] as number);
    gradient.data[element] = change / (high - low);
  }
  return gradient;
}
