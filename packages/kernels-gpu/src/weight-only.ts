// Layers whose activations are in float32 and whose weights lie on a grid: on the device the weights stay codes, many in a
// number, and each sum is scaled once.

import type { WeightCodes } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import type { Launcher } from './device.ts';
import { packFormat, packRows, takeDigit } from './integer/pack.ts';

/** Weights that a kernel decodes. */
export interface DecodedWeights {
  /** `[O, words]` and `[O]`. */
  readonly operands: readonly [words: Tensor, scales: Tensor];
  /**
   * Statements that run `each` for every weight of row `row` of the operand `w`, in order, with the weight in `weight`; digits
   * behind the last weight give zeros.
   */
  readonly loop: (row: string, each: string) => string;
}

/** The codes of `weight`, or `undefined` when it is on no grid that is known. */
export function decodedWeights(
  launcher: Launcher,
  weight: Tensor,
  { codes, scales }: WeightCodes,
): DecodedWeights | undefined {
  const outputs = scales.length;
  const values = codes.data;
  let [low, high] = [0, 0];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const format = packFormat(low, high);
  if (!format) return undefined;
  const wordsPerRow = Math.ceil(values.length / outputs / format.digits);
  const words = launcher.derived(weight, 'codes', () => packRows(values, outputs, format).words);
  return {
    operands: [words, launcher.derived(weight, 'scales', () => scales)],
    loop: (row, each) => `for (let j = 0; j < ${wordsPerRow}; j++) {
  let word = w[${row} * ${wordsPerRow} + j];
  for (let t = 0; t < ${format.digits}; t++) {
    ${takeDigit(format)}
    ${each}
  }
}\n`,
  };
}
