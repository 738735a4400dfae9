// Quantization in float32 arithmetic, bit for bit as onnxruntime does it.

import { type Shape, sizeOf, stridesOf, type Tensor } from '@subbyte/tensor';
import type { GridOptions } from '../options.ts';
import type { Kernel } from '../table.ts';
import { numbersOf } from './arrays.ts';
import { combineOffsets, offsetList } from './offsets.ts';
import { allocateResult } from './result.ts';
import { roundHalfEven } from './unary-arithmetic.ts';

/** For each element of `shape` the offset of its scale; `undefined`: one scale for all. */
export function scaleOffsets(
  shape: Shape,
  scale: Tensor,
  { axis, groupSize }: GridOptions,
): Int32Array | undefined {
  if (sizeOf(scale.shape) === 1) return undefined;
  const strides = groupSize === 0 ? [] : stridesOf(scale.shape);
  return combineOffsets(
    shape.map((length, i) => {
      if (groupSize === 0) return offsetList(length, i === axis ? 1 : 0);
      const stride = strides[i] as number;
      if (i !== axis) return offsetList(length, stride);
      return Int32Array.from({ length }, (_, k) => Math.floor(k / groupSize) * stride);
    }),
  );
}

/** `clamp(round_half_even(x / scale) + zeroPoint)`; NaN gives the smallest code. */
function encode(x: number, scale: number, zeroPoint: number, min: number, max: number): number {
  const code = roundHalfEven(Math.fround(x / scale)) + zeroPoint;
  return code > min ? Math.min(code, max) : min;
}

/** `(code - zeroPoint) * scale`, rounded to float32 after each step. */
function decode(code: number, scale: number, zeroPoint: number): number {
  return Math.fround(Math.fround(code - zeroPoint) * scale);
}

/** float32 to integer codes. NaN gives the smallest code, infinities the outermost. */
export const quantizeLinear: Kernel<'quantizeLinear'> = (operands, options) => {
  const [input, scale, zeroPoint] = operands;
  const result = allocateResult('quantizeLinear', operands, options);
  const [x, scales, to] = [numbersOf(input), numbersOf(scale), numbersOf(result)];
  const zeros = zeroPoint && numbersOf(zeroPoint);
  const offsets = scaleOffsets(input.shape, scale, options);
  for (let i = 0; i < x.length; i++) {
    const k = offsets ? (offsets[i] as number) : 0;
    const zero = zeros ? (zeros[k] as number) : 0;
    to[i] = encode(x[i] as number, scales[k] as number, zero, options.min, options.max);
  }
  return result;
};

/** Integer codes to float32. */
export const dequantizeLinear: Kernel<'dequantizeLinear'> = (operands, options) => {
  const [codes, scale, zeroPoint] = operands;
  const result = allocateResult('dequantizeLinear', operands, options);
  const [from, scales, to] = [numbersOf(codes), numbersOf(scale), numbersOf(result)];
  const zeros = zeroPoint && numbersOf(zeroPoint);
  const offsets = scaleOffsets(codes.shape, scale, options);
  for (let i = 0; i < from.length; i++) {
    const k = offsets ? (offsets[i] as number) : 0;
    to[i] = decode(from[i] as number, scales[k] as number, zeros ? (zeros[k] as number) : 0);
  }
  return result;
};

/** `dequantizeLinear(quantizeLinear(x))` in one pass. */
export const fakeQuantizeUniform: Kernel<'fakeQuantizeUniform'> = (operands, options) => {
  const [input, scale, zeroPoint] = operands;
  const result = allocateResult('fakeQuantizeUniform', operands, options);
  const [x, scales, zeros] = [numbersOf(input), numbersOf(scale), numbersOf(zeroPoint)];
  const to = numbersOf(result);
  const offsets = scaleOffsets(input.shape, scale, options);
  for (let i = 0; i < x.length; i++) {
    const k = offsets ? (offsets[i] as number) : 0;
    const [step, zero] = [scales[k] as number, zeros[k] as number];
    to[i] = decode(encode(x[i] as number, step, zero, options.min, options.max), step, zero);
  }
  return result;
};
