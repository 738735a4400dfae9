// Batch normalisation in train mode (Ioffe and Szegedy, 2015, section 3).

import { sizeOf } from '@subbyte/tensor';
import type { Kernel } from '../../table.ts';
import { type NumberArray, numbersOf } from '../arrays.ts';
import { splitAt } from '../offsets.ts';
import { allocateResult } from '../result.ts';

/** Calls `visit` with each channel of `shape` and each offset of its elements, in order. */
function forEachElement(
  shape: readonly number[],
  visit: (channel: number, offset: number) => void,
): void {
  const { outer, length, inner } = splitAt(shape, 1);
  for (let plane = 0; plane < outer * length; plane++) {
    for (let i = plane * inner; i < (plane + 1) * inner; i++) visit(plane % length, i);
  }
}

function add(sums: Float64Array, place: number, value: number): void {
  sums[place] = (sums[place] as number) + value;
}

/** Elements of each channel. */
function countOf(shape: readonly number[]): number {
  return sizeOf(shape.filter((_, axis) => axis !== 1));
}

/** Mean and biased variance of each channel; NaN when it has no elements. */
export const batchNormStatistics: Kernel<'batchNormStatistics'> = (operands, options) => {
  const [input] = operands;
  const result = allocateResult('batchNormStatistics', operands, options);
  const x = numbersOf(input);
  const channels = input.shape[1] as number;
  const count = countOf(input.shape);
  const sums = new Float64Array(channels);
  forEachElement(input.shape, (c, i) => add(sums, c, x[i] as number));
  const means = sums.map((sum) => sum / count);
  const squares = new Float64Array(channels);
  forEachElement(input.shape, (c, i) =>
    add(squares, c, ((x[i] as number) - (means[c] as number)) ** 2),
  );
  const to = numbersOf(result);
  to.set(means);
  to.set(
    squares.map((sum) => sum / count),
    channels,
  );
  return result;
};

/** For each channel mean and `1 / sqrt(variance + epsilon)`, as a function that normalises. */
function normalization(
  statistics: NumberArray,
  channels: number,
  epsilon: number,
): { readonly factors: Float64Array; readonly normalize: (x: number, channel: number) => number } {
  const factors = Float64Array.from(
    { length: channels },
    (_, c) => 1 / Math.sqrt((statistics[channels + c] as number) + epsilon),
  );
  return {
    factors,
    normalize: (x, c) => (x - (statistics[c] as number)) * (factors[c] as number),
  };
}

/** Sums of `gradient` and of `gradient` times the normalised `x`, per channel. */
export const batchNormParameterGradient: Kernel<'batchNormParameterGradient'> = (
  operands,
  options,
) => {
  const result = allocateResult('batchNormParameterGradient', operands, options);
  const { shape } = operands[0];
  const [x, gradient, statistics] = operands.map(numbersOf) as [
    NumberArray,
    NumberArray,
    NumberArray,
  ];
  const channels = shape[1] as number;
  const { normalize } = normalization(statistics, channels, options.epsilon);
  const sums = new Float64Array(2 * channels);
  forEachElement(shape, (c, i) => {
    const g = gradient[i] as number;
    add(sums, c, g);
    add(sums, channels + c, g * normalize(x[i] as number, c));
  });
  numbersOf(result).set(sums);
  return result;
};

/** `scale / deviation * (gradient - (sums[0] + x̂ * sums[1]) / count)` per channel. */
export const batchNormInputGradient: Kernel<'batchNormInputGradient'> = (operands, options) => {
  const result = allocateResult('batchNormInputGradient', operands, options);
  const [x, gradient, scale, statistics, sums] = operands.map(numbersOf) as [
    NumberArray,
    NumberArray,
    NumberArray,
    NumberArray,
    NumberArray,
  ];
  const to = numbersOf(result);
  const channels = result.shape[1] as number;
  const count = countOf(result.shape);
  const { factors, normalize } = normalization(statistics, channels, options.epsilon);
  forEachElement(result.shape, (c, i) => {
    const [sum, product] = [sums[c] as number, sums[channels + c] as number];
    const common = (sum + normalize(x[i] as number, c) * product) / count;
    to[i] = (scale[c] as number) * (factors[c] as number) * ((gradient[i] as number) - common);
  });
  return result;
};
