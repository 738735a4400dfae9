// Gradients of the normalisations that measure each sample itself.

import { broadcastStrides, sizeOf } from '@subbyte/tensor';
import type { Kernel } from '../../table.ts';
import { type NumberArray, numbersOf } from '../arrays.ts';
import { moments } from '../normalization.ts';
import { splitAt, stridedOffsets } from '../offsets.ts';
import { allocateResult } from '../result.ts';

/**
 * Gradient with respect to `x` of its normalisation in runs of `count` elements; `scaled(i)` is the
 * gradient with respect to normalised element `i`.
 */
function normalizeGradient(
  x: NumberArray,
  scaled: (i: number) => number,
  to: NumberArray,
  count: number,
  epsilon: number,
): void {
  for (let start = 0; start < x.length; start += count) {
    const [mean, factor] = moments(x, start, count, epsilon);
    let sum = 0;
    let product = 0;
    for (let i = start; i < start + count; i++) {
      sum += scaled(i);
      product += scaled(i) * ((x[i] as number) - mean) * factor;
    }
    for (let i = start; i < start + count; i++) {
      const common = (sum + ((x[i] as number) - mean) * factor * product) / count;
      to[i] = factor * (scaled(i) - common);
    }
  }
}

/**
 * Sums of `gradient` and of `gradient` times the normalised `x` over all elements that share a
 * parameter; `parameterOf(i)` is that of element `i`, one of `parameters`.
 */
function parameterSums(
  x: NumberArray,
  gradient: NumberArray,
  count: number,
  epsilon: number,
  parameters: number,
  parameterOf: (i: number) => number,
): Float64Array {
  const sums = new Float64Array(2 * parameters);
  for (let start = 0; start < x.length; start += count) {
    const [mean, factor] = moments(x, start, count, epsilon);
    for (let i = start; i < start + count; i++) {
      const [k, g] = [parameterOf(i), gradient[i] as number];
      sums[k] = (sums[k] as number) + g;
      sums[parameters + k] =
        (sums[parameters + k] as number) + g * ((x[i] as number) - mean) * factor;
    }
  }
  return sums;
}

/** Each plane of each sample is normalised for itself, then scaled per channel. */
export const instanceNormInputGradient: Kernel<'instanceNormInputGradient'> = (
  operands,
  options,
) => {
  const result = allocateResult('instanceNormInputGradient', operands, options);
  const [x, gradient, scale] = operands.map(numbersOf) as [NumberArray, NumberArray, NumberArray];
  const { length, inner } = splitAt(result.shape, 1);
  const scaled = (i: number): number =>
    (gradient[i] as number) * (scale[Math.floor(i / inner) % length] as number);
  normalizeGradient(x, scaled, numbersOf(result), inner, options.epsilon);
  return result;
};

/** Sums per channel. */
export const instanceNormParameterGradient: Kernel<'instanceNormParameterGradient'> = (
  operands,
  options,
) => {
  const result = allocateResult('instanceNormParameterGradient', operands, options);
  const [x, gradient] = [numbersOf(operands[0]), numbersOf(operands[1])];
  const { length, inner } = splitAt(operands[0].shape, 1);
  const channelOf = (i: number): number => Math.floor(i / inner) % length;
  const sums = parameterSums(x, gradient, inner, options.epsilon, length, channelOf);
  numbersOf(result).set(sums);
  return result;
};

/** All axes from `axis` on are normalised together, then scaled. */
export const layerNormInputGradient: Kernel<'layerNormInputGradient'> = (operands, options) => {
  const result = allocateResult('layerNormInputGradient', operands, options);
  const [x, gradient, scale] = operands.map(numbersOf) as [NumberArray, NumberArray, NumberArray];
  const { shape } = result;
  const offsets = stridedOffsets(shape, broadcastStrides(operands[2].shape, shape));
  const scaled = (i: number): number =>
    (gradient[i] as number) * (scale[offsets[i] as number] as number);
  const count = sizeOf(shape.slice(options.axis));
  normalizeGradient(x, scaled, numbersOf(result), count, options.epsilon);
  return result;
};

/** Sums over the axes before `axis`. */
export const layerNormParameterGradient: Kernel<'layerNormParameterGradient'> = (
  operands,
  options,
) => {
  const result = allocateResult('layerNormParameterGradient', operands, options);
  const [x, gradient] = [numbersOf(operands[0]), numbersOf(operands[1])];
  const count = sizeOf(operands[0].shape.slice(options.axis));
  const sums = parameterSums(x, gradient, count, options.epsilon, count, (i) => i % count);
  numbersOf(result).set(sums);
  return result;
};
