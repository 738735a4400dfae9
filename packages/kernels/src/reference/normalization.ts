import { broadcastStrides, sizeOf } from '@subbyte/tensor';
import type { Kernel } from '../table.ts';
import { type NumberArray, numbersOf } from './arrays.ts';
import { splitAt, stridedOffsets } from './offsets.ts';
import { allocateResult } from './result.ts';

/** `(x - mean) / sqrt(variance + epsilon) * scale + bias` per channel. */
export const batchNorm: Kernel<'batchNorm'> = (operands, options) => {
  const result = allocateResult('batchNorm', operands, options);
  const [x, scale, bias, mean, variance] = operands.map(numbersOf) as [
    NumberArray,
    NumberArray,
    NumberArray,
    NumberArray,
    NumberArray,
  ];
  const to = numbersOf(result);
  const { outer, length, inner } = splitAt(result.shape, 1);
  for (let plane = 0; plane < outer * length; plane++) {
    const c = plane % length;
    const factor = (scale[c] as number) / Math.sqrt((variance[c] as number) + options.epsilon);
    for (let i = plane * inner; i < (plane + 1) * inner; i++) {
      to[i] = ((x[i] as number) - (mean[c] as number)) * factor + (bias[c] as number);
    }
  }
  return result;
};

/** Mean and `1 / sqrt(variance + epsilon)` of `count` elements from `start` on. */
export function moments(
  x: NumberArray,
  start: number,
  count: number,
  epsilon: number,
): readonly [mean: number, factor: number] {
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += x[i] as number;
  const mean = sum / count;
  let squares = 0;
  for (let i = start; i < start + count; i++) squares += ((x[i] as number) - mean) ** 2;
  return [mean, 1 / Math.sqrt(squares / count + epsilon)];
}

/** Normalises each plane of each sample, then scales per channel (Ulyanov et al., 2016). */
export const instanceNorm: Kernel<'instanceNorm'> = (operands, options) => {
  const result = allocateResult('instanceNorm', operands, options);
  const [x, scale, bias] = operands.map(numbersOf) as [NumberArray, NumberArray, NumberArray];
  const to = numbersOf(result);
  const { outer, length, inner } = splitAt(result.shape, 1);
  for (let plane = 0; plane < outer * length; plane++) {
    const c = plane % length;
    const [mean, factor] = moments(x, plane * inner, inner, options.epsilon);
    for (let i = plane * inner; i < (plane + 1) * inner; i++) {
      to[i] = ((x[i] as number) - mean) * factor * (scale[c] as number) + (bias[c] as number);
    }
  }
  return result;
};

/** Normalises over all axes from `axis` on, then scales and shifts (Ba et al., 2016). */
export const layerNorm: Kernel<'layerNorm'> = (operands, options) => {
  const [input, scale, bias] = operands;
  const result = allocateResult('layerNorm', operands, options);
  const { shape } = result;
  const count = sizeOf(shape.slice(options.axis));
  const [x, to, factors] = [numbersOf(input), numbersOf(result), numbersOf(scale)];
  const factorOffsets = stridedOffsets(shape, broadcastStrides(scale.shape, shape));
  const shifts = bias && numbersOf(bias);
  const shiftOffsets = bias && stridedOffsets(shape, broadcastStrides(bias.shape, shape));
  for (let start = 0; start < x.length; start += count) {
    const [mean, factor] = moments(x, start, count, options.epsilon);
    for (let i = start; i < start + count; i++) {
      const shift = shifts && shiftOffsets ? (shifts[shiftOffsets[i] as number] as number) : 0;
      const scaled = ((x[i] as number) - mean) * factor;
      to[i] = scaled * (factors[factorOffsets[i] as number] as number) + shift;
    }
  }
  return result;
};
