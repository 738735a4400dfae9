import { QuantizerError } from './errors.ts';

/** The levels that sums of powers of two give, as whole numbers over a common denominator. */
export interface ApotGrid {
  /** Per term of the sum, the shifts it may have: it is 0 or `2^shift`. No two terms share a shift. */
  readonly terms: readonly (readonly number[])[];
  /** Ascending, from 0 to `denominator`: level `i` is `numerators[i] / denominator`. */
  readonly numerators: readonly number[];
  /** The largest numerator: the level 1. */
  readonly denominator: number;
}

/** Numerators fit 16-bit integers. */
const deepest = 14;

const refuse = (bits: number, termBits: number, expected: string): QuantizerError =>
  new QuantizerError(`APoT magnitudes of ${bits} bits, ${termBits} a term: expected ${expected}`);

/** Per term the exponents e of its powers 2^-e (APoT, equations 5 and 6). */
function exponentsOf(bits: number, termBits: number): number[][] {
  if (bits % termBits === 0) {
    const terms = bits / termBits;
    const powers = 2 ** termBits - 1;
    return Array.from({ length: terms }, (_, i) =>
      Array.from({ length: powers }, (_, j) => i + j * terms),
    );
  }
  if (termBits !== 2) throw refuse(bits, termBits, 'a whole number of terms');
  const terms = (bits - 1) / 2;
  const pairs = Array.from({ length: terms }, (_, i) => [i, i + terms, i + 2 * terms + 1]);
  return [...pairs, [2 * terms]];
}

/**
 * The magnitudes of `bits` bits whose sums have terms of `termBits` bits (k): with 2, an odd width
 * gets one more term of 1 bit; with 1 the levels are uniform, with `bits` powers of two.
 * @throws QuantizerError for widths outside 1 to 8, terms that do not add up to the width, and powers
 * of two below 2^-14.
 */
export function apotGrid(bits: number, termBits: number = 2): ApotGrid {
  if (!Number.isInteger(bits) || bits < 1 || bits > 8) {
    throw refuse(bits, termBits, 'a width from 1 to 8');
  }
  if (!Number.isInteger(termBits) || termBits < 1 || termBits > 8) {
    throw refuse(bits, termBits, 'terms of 1 to 8 bits');
  }
  const exponents = exponentsOf(bits, termBits);
  const last = Math.max(...exponents.flat());
  if (last > deepest) throw refuse(bits, termBits, `no powers of two below 2^-${deepest}`);
  const terms = exponents.map((term) => term.map((exponent) => last - exponent));
  const sums = terms.reduce<number[]>(
    (all, shifts) => all.flatMap((sum) => [sum, ...shifts.map((shift) => sum + 2 ** shift)]),
    [0],
  );
  const numerators = sums.sort((a, b) => a - b);
  return { terms, numerators, denominator: numerators.at(-1) as number };
}

/**
 * The powers of two that make a level: per term 0 when it is absent, else one more than the place
 * of its shift in `grid.terms`.
 * @throws QuantizerError for numbers that are no numerators of the grid.
 */
export function decomposeLevel(grid: ApotGrid, numerator: number): number[] {
  // Shifts are all different, so that the terms can be read off the binary digits.
  const digits = grid.terms.map(
    (shifts) => 1 + shifts.findIndex((shift) => (numerator >> shift) & 1),
  );
  if (composeLevel(grid, digits) !== numerator) {
    throw new QuantizerError(`${numerator} / ${grid.denominator}: expected a level of the grid`);
  }
  return digits;
}

/**
 * The numerator of a level from its powers of two: the inverse of `decomposeLevel`.
 * @throws QuantizerError for places outside the grid's terms.
 */
export function composeLevel({ terms }: ApotGrid, digits: readonly number[]): number {
  if (digits.length !== terms.length) {
    throw new QuantizerError(`${digits.length} terms: expected ${terms.length}`);
  }
  return terms.reduce((sum, shifts, i) => {
    const digit = digits[i] as number;
    if (digit === 0) return sum;
    const shift = shifts[digit - 1];
    if (shift === undefined) {
      throw new QuantizerError(`power ${digit} of term ${i}: expected 0 to ${shifts.length}`);
    }
    return sum + 2 ** shift;
  }, 0);
}
