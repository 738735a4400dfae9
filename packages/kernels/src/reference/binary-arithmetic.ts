import { isFloat } from '@subbyte/tensor';
import { larger, smaller } from './arrays.ts';
import { type BinaryKernel, defineBinary } from './binary.ts';

/** `a + b`; integers wrap. */
export const add: BinaryKernel<'add'> = defineBinary(
  'add',
  () => (a, b) => a + b,
  () => (a, b) => a + b,
);

/** `a - b`; integers wrap. */
export const sub: BinaryKernel<'sub'> = defineBinary(
  'sub',
  () => (a, b) => a - b,
  () => (a, b) => a - b,
);

/** `a * b`; integers wrap. */
export const mul: BinaryKernel<'mul'> = defineBinary(
  'mul',
  (_, dtype) => (isFloat(dtype) ? (a, b) => a * b : Math.imul),
  () => (a, b) => a * b,
);

/** `a / b`; integers round towards zero, and dividing one by 0 gives 0. */
export const div: BinaryKernel<'div'> = defineBinary(
  'div',
  (_, dtype) => (isFloat(dtype) ? (a, b) => a / b : (a, b) => (b === 0 ? 0 : Math.trunc(a / b))),
  () => (a, b) => (b === 0n ? 0n : a / b),
);

/** Remainder with the sign of the divisor, or of the dividend when `truncated`; integers mod 0: 0. */
export const mod: BinaryKernel<'mod'> = defineBinary(
  'mod',
  ({ truncated }) =>
    truncated
      ? (a, b) => a % b
      : (a, b) => {
          const rest = a % b;
          return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
        },
  ({ truncated }) =>
    (a, b) => {
      if (b === 0n) return 0n;
      const rest = a % b;
      return !truncated && rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
    },
);

/** The smaller of the two; NaN wins. */
export const min: BinaryKernel<'min'> = defineBinary(
  'min',
  () => Math.min,
  () => smaller,
);

/** The larger of the two; NaN wins. */
export const max: BinaryKernel<'max'> = defineBinary(
  'max',
  () => Math.max,
  () => larger,
);

/** `x >= 0 ? x : slope * x`. */
export const prelu: BinaryKernel<'prelu'> = defineBinary(
  'prelu',
  () => (x, slope) => (x >= 0 ? x : slope * x),
);
