import type { Kernel } from '../../table.ts';
import type { RandomSelectOptions } from '../../training-table.ts';
import { numbersOf } from '../arrays.ts';
import { allocateResult } from '../result.ts';

/**
 * A hash of the seed and the index of an element to 32 bits: Weyl sequence, then the finaliser of
 * C. Wellons' search for integer hashes with low bias.
 */
function coin(seed: number, index: number): number {
  let h = (Math.imul(seed, 0x9e3779b9) + index) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return (h ^ (h >>> 15)) >>> 0;
}

/** Whether element `index` comes from the first operand. */
export function isChosen({ probability, seed }: RandomSelectOptions, index: number): boolean {
  return coin(seed, index) < probability * 2 ** 32;
}

/** Each element from the one operand or the other. */
export const randomSelect: Kernel<'randomSelect'> = (operands, options) => {
  const result = allocateResult('randomSelect', operands, options);
  const [a, b] = [numbersOf(operands[0]), numbersOf(operands[1])];
  const to = numbersOf(result);
  for (let i = 0; i < to.length; i++) {
    to[i] = (isChosen(options, i) ? a[i] : b[i]) as number;
  }
  return result;
};
