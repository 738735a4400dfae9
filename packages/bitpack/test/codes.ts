import fc from 'fast-check';

/** All widths. */
export const widths = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** Codes of `bits` bits. */
export function codesOf(bits: number, maxLength: number, minLength = 0): fc.Arbitrary<number[]> {
  return fc.array(fc.nat(2 ** bits - 1), { minLength, maxLength, size: 'max' });
}

/** Ternary codes. */
export function tritsUpTo(maxLength: number, minLength = 0): fc.Arbitrary<number[]> {
  return fc.array(fc.integer({ min: -1, max: 1 }), { minLength, maxLength, size: 'max' });
}

/** Number of bits that are set. */
export function popcount(words: Uint32Array): number {
  let count = 0;
  for (const word of words) for (let bit = 0; bit < 32; bit++) count += (word >>> bit) & 1;
  return count;
}
