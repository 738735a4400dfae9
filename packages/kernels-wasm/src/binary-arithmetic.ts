import { defineBinary } from './broadcast.ts';
import type { KernelFactory } from './kernel.ts';

/** `a + b`. */
export const add: KernelFactory<'add'> = defineBinary('add');

/** `a - b`. */
export const sub: KernelFactory<'sub'> = defineBinary('sub');

/** `a * b`. */
export const mul: KernelFactory<'mul'> = defineBinary('mul');

/** `a / b`. */
export const div: KernelFactory<'div'> = defineBinary('div');

/** The smaller of the two; NaN wins. */
export const min: KernelFactory<'min'> = defineBinary('min');

/** The larger of the two; NaN wins. */
export const max: KernelFactory<'max'> = defineBinary('max');

/** `x >= 0 ? x : slope * x`. */
export const prelu: KernelFactory<'prelu'> = defineBinary('prelu');
