// Kernels that turn each line of elements along one axis into a line of the same length.

import { isFloat } from '@subbyte/tensor';
import type { Kernel, KernelName } from '../table.ts';
import { bigIntsOf, holdsBigInts, numbersOf } from './arrays.ts';
import { splitAt } from './offsets.ts';
import { allocateResult } from './result.ts';
import type { UnaryKernel } from './unary.ts';

/** Makes a float kernel from a function that changes one line in place, in double precision. */
function defineAlongAxis<K extends Extract<KernelName, 'softmax' | 'logSoftmax'>>(
  kernel: K,
  change: (line: Float64Array) => void,
): UnaryKernel<K> {
  return (operands, options) => {
    const [x] = operands;
    const result = allocateResult(kernel, operands, options);
    const { outer, length, inner } = splitAt(x.shape, options.axis);
    const [from, to] = [numbersOf(x), numbersOf(result)];
    const line = new Float64Array(length);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const start = o * length * inner + i;
        for (let k = 0; k < length; k++) line[k] = from[start + k * inner] as number;
        change(line);
        for (let k = 0; k < length; k++) to[start + k * inner] = line[k] as number;
      }
    }
    return result;
  };
}

/** Subtracts the maximum, so that the exponentials do not overflow, and gives their sum. */
function shift(line: Float64Array): number {
  const top = line.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (let k = 0; k < line.length; k++) {
    line[k] = (line[k] as number) - top;
    sum += Math.exp(line[k] as number);
  }
  return sum;
}

/** `exp(x) / sum(exp(x))` along `axis`. */
export const softmax: UnaryKernel<'softmax'> = defineAlongAxis('softmax', (line) => {
  const sum = shift(line);
  for (let k = 0; k < line.length; k++) line[k] = Math.exp(line[k] as number) / sum;
});

/** `x - log(sum(exp(x)))` along `axis`. */
export const logSoftmax: UnaryKernel<'logSoftmax'> = defineAlongAxis('logSoftmax', (line) => {
  const logarithm = Math.log(shift(line));
  for (let k = 0; k < line.length; k++) line[k] = (line[k] as number) - logarithm;
});

/** Running sum along `axis`, each element included; integers wrap. */
export const cumulativeSum: Kernel<'cumulativeSum'> = (operands, options) => {
  const [x] = operands;
  const result = allocateResult('cumulativeSum', operands, options);
  const { outer, length, inner } = splitAt(x.shape, options.axis);
  const run = <T extends number | bigint>(
    from: ArrayLike<T>,
    to: { [index: number]: T },
    start: T,
    plus: (a: T, b: T) => T,
  ): void => {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        let sum = start;
        for (let k = 0; k < length; k++) {
          const place = (o * length + k) * inner + i;
          sum = plus(sum, from[place] as T);
          to[place] = sum;
        }
      }
    }
  };
  if (holdsBigInts(x)) run<bigint>(bigIntsOf(x), bigIntsOf(result), 0n, (a, b) => a + b);
  else {
    const plus = isFloat(x.dtype)
      ? (a: number, b: number): number => a + b
      : (a: number, b: number): number => (a + b) | 0;
    run<number>(numbersOf(x), numbersOf(result), 0, plus);
  }
  return result;
};
