// Fake quantization of a random part of the elements: the kernels for all of them, by coins.

import { zeros } from '@subbyte/tensor';
import type { Kernel } from '../../table.ts';
import { type NumberArray, numbersOf } from '../arrays.ts';
import { allocateResult, checkOperands } from '../result.ts';
import { roundHalfEven } from '../unary-arithmetic.ts';
import { fakeQuantizeUniformGradient, fakeQuantizeUniformScaleGradient } from './quantize.ts';
import { isChosen, randomSelect } from './random-select.ts';

const whole = { axis: 0, groupSize: 0 };

/** Each element on the grid or as it was. */
export const fakeQuantizeDrop: Kernel<'fakeQuantizeDrop'> = (operands, options) => {
  const result = allocateResult('fakeQuantizeDrop', operands, options);
  const [x, scales, zeros] = operands.map(numbersOf) as [NumberArray, NumberArray, NumberArray];
  const [scale, zero] = [scales[0] as number, zeros[0] as number];
  const { min, max } = options;
  const to = numbersOf(result);
  // As `fakeQuantizeUniform` rounds; float64 operands are for checks of gradients.
  const round = result.dtype === 'float32' ? Math.fround : (value: number): number => value;
  for (let i = 0; i < to.length; i++) {
    const value = x[i] as number;
    const code = roundHalfEven(round(value / scale)) + zero;
    const clamped = code > min ? Math.min(code, max) : min;
    to[i] = isChosen(options, i) ? round((clamped - zero) * scale) : value;
  }
  return result;
};

/** The gradient through each. */
export const fakeQuantizeDropGradient: Kernel<'fakeQuantizeDropGradient'> = (operands, options) => {
  checkOperands('fakeQuantizeDropGradient', operands, options);
  const passed = fakeQuantizeUniformGradient(operands, { ...options, ...whole });
  return randomSelect([passed, operands[3]], options);
};

/** What those on the grid say of its step. */
export const fakeQuantizeDropScaleGradient: Kernel<'fakeQuantizeDropScaleGradient'> = (
  operands,
  options,
) => {
  checkOperands('fakeQuantizeDropScaleGradient', operands, options);
  const [x, scale, zeroPoint, gradient] = operands;
  const counted = randomSelect([gradient, zeros(gradient.shape, gradient.dtype)], options);
  return fakeQuantizeUniformScaleGradient([x, scale, zeroPoint, counted], { ...options, ...whole });
};
