import type { KernelFactory } from './kernel.ts';
import { defineUnary } from './unary.ts';

/** `e^x`. */
export const exp: KernelFactory<'exp'> = defineUnary('exp', () => ['exp']);

/** Natural logarithm. */
export const log: KernelFactory<'log'> = defineUnary('log', () => ['log']);

/** Error function. */
export const erf: KernelFactory<'erf'> = defineUnary('erf', () => ['erf']);

/** Hyperbolic tangent. */
export const tanh: KernelFactory<'tanh'> = defineUnary('tanh', () => ['tanh']);
