import type { Tensor } from '@subbyte/tensor';
import type { IntegerEpilogueOptions } from '../../integer-table.ts';
import { numbersOf } from '../arrays.ts';
import { roundHalfEven } from '../unary-arithmetic.ts';

const clamp = (x: number, min: number, max: number): number => Math.min(Math.max(x, min), max);

/**
 * The function from the sum of output channel `channel`, bias included, to the element `index` of the result:
 * see `IntegerEpilogueOptions`.
 */
export function integerEpilogue(
  multiplier: Tensor,
  residualCodes: Tensor | undefined,
  { output, residual }: IntegerEpilogueOptions,
): (sum: number, channel: number, index: number) => number {
  const factors = numbersOf(multiplier);
  const codes = residualCodes && numbersOf(residualCodes);
  const { zeroPoint, min, max } = output;
  const isFloat = output.dtype === 'float32';
  return (sum, channel, index) => {
    let value = Math.fround(Math.fround(sum) * (factors[channel] as number));
    if (residual && codes) {
      const { grid, own, step } = residual;
      if (own) {
        const code = clamp(roundHalfEven(value) + own.zeroPoint, own.min, own.max);
        value = Math.fround((code - own.zeroPoint) * Math.fround(own.scale));
      }
      const added = Math.fround(
        ((codes[index] as number) - grid.zeroPoint) * Math.fround(grid.scale),
      );
      value = Math.fround(value + added);
      if (!isFloat) value = Math.fround(value / Math.fround(step));
    }
    if (isFloat) return clamp(value, Math.fround(min), Math.fround(max));
    return clamp(roundHalfEven(value) + zeroPoint, min, max);
  };
}
