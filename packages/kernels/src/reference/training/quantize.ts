// Straight-through gradients of uniform fake quantization: rounding passes the gradient, clamping
// has its true derivative (LSQ, Esser et al. 2020, eq. 3, without its factor for the step size).

import type { Tensor } from '@subbyte/tensor';
import type { FakeQuantizeUniformOptions } from '../../options.ts';
import type { Kernel } from '../../table.ts';
import { numbersOf } from '../arrays.ts';
import { scaleOffsets } from '../quantize.ts';
import { allocateResult } from '../result.ts';
import { roundHalfEven } from '../unary-arithmetic.ts';

type Operands = readonly [x: Tensor, scale: Tensor, zeroPoint: Tensor, gradient: Tensor];

/** Calls `visit` with each element of `x`: its gradient, `x / scale`, zero point, and scale's place. */
function forEachElement(
  [x, scale, zeroPoint, gradient]: Operands,
  options: FakeQuantizeUniformOptions,
  visit: (i: number, gradient: number, ratio: number, zero: number, k: number) => void,
): void {
  const [values, scales, zeros, gradients] = [x, scale, zeroPoint, gradient].map(numbersOf) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const offsets = scaleOffsets(x.shape, scale, options);
  // The forward kernel decides the code by the float32 quotient.
  const round = x.dtype === 'float32' ? Math.fround : (value: number): number => value;
  for (let i = 0; i < values.length; i++) {
    const k = offsets ? (offsets[i] as number) : 0;
    const ratio = round((values[i] as number) / (scales[k] as number));
    visit(i, gradients[i] as number, ratio, zeros[k] as number, k);
  }
}

/** Passes the gradient where nothing is clamped; NaN, whose code is the smallest, passes nothing. */
export const fakeQuantizeUniformGradient: Kernel<'fakeQuantizeUniformGradient'> = (
  operands,
  options,
) => {
  const result = allocateResult('fakeQuantizeUniformGradient', operands, options);
  const to = numbersOf(result);
  forEachElement(operands, options, (i, gradient, ratio, zero) => {
    const code = roundHalfEven(ratio) + zero;
    to[i] = code >= options.min && code <= options.max ? gradient : 0;
  });
  return result;
};

/** Sums `gradient` times `round(x / scale) - x / scale`, or the clamped code less its zero point. */
export const fakeQuantizeUniformScaleGradient: Kernel<'fakeQuantizeUniformScaleGradient'> = (
  operands,
  options,
) => {
  const result = allocateResult('fakeQuantizeUniformScaleGradient', operands, options);
  const { min, max } = options;
  const sums = new Float64Array(result.size);
  forEachElement(operands, options, (_, gradient, ratio, zero, k) => {
    const rounded = roundHalfEven(ratio);
    const code = rounded + zero;
    const slope = code > max ? max - zero : code >= min ? rounded - ratio : min - zero;
    sums[k] = (sums[k] as number) + gradient * slope;
  });
  numbersOf(result).set(sums);
  return result;
};
