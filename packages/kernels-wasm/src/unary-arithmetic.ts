import type { KernelFactory } from './kernel.ts';
import { defineUnary } from './unary.ts';

/** Absolute value. */
export const abs: KernelFactory<'abs'> = defineUnary('abs', () => ['abs']);

/** `-x`. */
export const neg: KernelFactory<'neg'> = defineUnary('neg', () => ['neg']);

/** -1, 0 or 1. */
export const sign: KernelFactory<'sign'> = defineUnary('sign', () => ['sign']);

/** Square root. */
export const sqrt: KernelFactory<'sqrt'> = defineUnary('sqrt', () => ['sqrt']);

/** `1 / x`. */
export const reciprocal: KernelFactory<'reciprocal'> = defineUnary('reciprocal', () => [
  'reciprocal',
]);

/** Largest whole number that is not above `x`. */
export const floor: KernelFactory<'floor'> = defineUnary('floor', () => ['floor']);

/** Smallest whole number that is not below `x`. */
export const ceil: KernelFactory<'ceil'> = defineUnary('ceil', () => ['ceil']);

/** Nearest whole number, half to even. */
export const round: KernelFactory<'round'> = defineUnary('round', () => ['round']);
