import { type BinaryKernel, defineComparison } from './binary.ts';

/** `a = b`. */
export const equal: BinaryKernel<'equal'> = defineComparison('equal', (a, b) => a === b);

/** `a < b`. */
export const less: BinaryKernel<'less'> = defineComparison('less', (a, b) => a < b);

/** `a <= b`. */
export const lessOrEqual: BinaryKernel<'lessOrEqual'> = defineComparison(
  'lessOrEqual',
  (a, b) => a <= b,
);

/** `a > b`. */
export const greater: BinaryKernel<'greater'> = defineComparison('greater', (a, b) => a > b);

/** `a >= b`. */
export const greaterOrEqual: BinaryKernel<'greaterOrEqual'> = defineComparison(
  'greaterOrEqual',
  (a, b) => a >= b,
);

/** Both. */
export const and: BinaryKernel<'and'> = defineComparison('and', (a, b) => a !== 0 && b !== 0);

/** At least one. */
export const or: BinaryKernel<'or'> = defineComparison('or', (a, b) => a !== 0 || b !== 0);

/** Exactly one. */
export const xor: BinaryKernel<'xor'> = defineComparison('xor', (a, b) => (a !== 0) !== (b !== 0));
