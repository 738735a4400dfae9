import { defineUnary, type UnaryKernel } from './unary.ts';

/** Rounds to the nearest whole number, half to even; NaN and infinities stay. */
export function roundHalfEven(x: number): number {
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

/** Absolute value. */
export const abs: UnaryKernel<'abs'> = defineUnary(
  'abs',
  () => Math.abs,
  () => (x) => (x < 0n ? -x : x),
);

/** `-x`; unsigned types wrap. */
export const neg: UnaryKernel<'neg'> = defineUnary(
  'neg',
  () => (x) => -x,
  () => (x) => -x,
);

/** -1, 0 or 1; NaN stays NaN. */
export const sign: UnaryKernel<'sign'> = defineUnary(
  'sign',
  () => Math.sign,
  () => (x) => (x < 0n ? -1n : x > 0n ? 1n : 0n),
);

/** Square root; NaN below 0. */
export const sqrt: UnaryKernel<'sqrt'> = defineUnary('sqrt', () => Math.sqrt);

/** `1 / x`. */
export const reciprocal: UnaryKernel<'reciprocal'> = defineUnary('reciprocal', () => (x) => 1 / x);

/** Largest whole number that is not above `x`. */
export const floor: UnaryKernel<'floor'> = defineUnary('floor', () => Math.floor);

/** Smallest whole number that is not below `x`. */
export const ceil: UnaryKernel<'ceil'> = defineUnary('ceil', () => Math.ceil);

/** Nearest whole number, half to even. */
export const round: UnaryKernel<'round'> = defineUnary('round', () => roundHalfEven);

/** 1 where `x` is NaN. */
export const notANumber: UnaryKernel<'isNaN'> = defineUnary('isNaN', () => (x) => +Number.isNaN(x));

/** 1 where `x` is infinite, either sign. */
export const isInf: UnaryKernel<'isInf'> = defineUnary(
  'isInf',
  () => (x) => +(Math.abs(x) === Number.POSITIVE_INFINITY),
);

/** Logical not. */
export const not: UnaryKernel<'not'> = defineUnary('not', () => (x) => +(x === 0));

/** Inverts every bit. */
export const bitwiseNot: UnaryKernel<'bitwiseNot'> = defineUnary(
  'bitwiseNot',
  () => (x) => ~x,
  () => (x) => ~x,
);
