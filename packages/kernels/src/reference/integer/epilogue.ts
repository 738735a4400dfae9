import type { Tensor } from '@subbyte/tensor';
import type { IntegerEpilogueOptions } from '../../integer-table.ts';
import { numbersOf } from '../arrays.ts';
import { roundHalfEven } from '../unary-arithmetic.ts';

const clamp = (x: number, min: number, max: number): number => Math.min(Math.max(x, min), max);

/** What the sum of a product left out because the grids of its operands are not centred on 0. */
export interface OffsetSums {
  /** Of the codes less their zero, of the weights, and of ones. */
  readonly sums: readonly [x: number, w: number, count: number];
  /** `[4, O]`. */
  readonly offsets: ArrayLike<number>;
}

/** What offsets add to `value`: see `IntegerEpilogueOptions`. */
function withOffsets(
  value: number,
  channel: number,
  channels: number,
  { sums, offsets }: OffsetSums,
): number {
  const { fround } = Math;
  const at = (row: number): number => offsets[row * channels + channel] as number;
  const [x, w, count] = sums.map((sum, row) => fround(fround(sum) * at(row)));
  const fixed = fround(fround((w as number) + (count as number)) + at(3));
  return fround(fround(value + (x as number)) + fixed);
}

/**
 * The function from the sum of output channel `channel`, bias included, to the element `index` of the result:
 * see `IntegerEpilogueOptions`.
 */
export function integerEpilogue(
  multiplier: Tensor,
  residualCodes: Tensor | undefined,
  { output, residual }: IntegerEpilogueOptions,
): (sum: number, channel: number, index: number, offsets?: OffsetSums) => number {
  const factors = numbersOf(multiplier);
  const codes = residualCodes && numbersOf(residualCodes);
  const { zeroPoint, min, max } = output;
  const isFloat = output.dtype === 'float32';
  return (sum, channel, index, offsets) => {
    let value = Math.fround(Math.fround(sum) * (factors[channel] as number));
    if (offsets) value = withOffsets(value, channel, factors.length, offsets);
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
