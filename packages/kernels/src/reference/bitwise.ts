import { type BinaryKernel, defineBinary } from './binary.ts';

/** Bits set in both. */
export const bitwiseAnd: BinaryKernel<'bitwiseAnd'> = defineBinary(
  'bitwiseAnd',
  () => (a, b) => a & b,
  () => (a, b) => a & b,
);

/** Bits set in either. */
export const bitwiseOr: BinaryKernel<'bitwiseOr'> = defineBinary(
  'bitwiseOr',
  () => (a, b) => a | b,
  () => (a, b) => a | b,
);

/** Bits set in one of the two. */
export const bitwiseXor: BinaryKernel<'bitwiseXor'> = defineBinary(
  'bitwiseXor',
  () => (a, b) => a ^ b,
  () => (a, b) => a ^ b,
);

/** Shifts `a` by `b` bits, filling with zeros; a shift by the width or more gives 0. */
export const bitShift: BinaryKernel<'bitShift'> = defineBinary(
  'bitShift',
  ({ direction }) =>
    direction === 'left' ? (a, b) => (b < 32 ? a << b : 0) : (a, b) => (b < 32 ? a >>> b : 0),
  ({ direction }) =>
    (a, b) => {
      if (b >= 64n) return 0n;
      return direction === 'left' ? a << b : a >> b;
    },
);
