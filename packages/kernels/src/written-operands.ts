import type { KernelName } from './table.ts';

/**
 * The operands that a kernel writes in place; such a kernel returns its first operand. Every other
 * kernel leaves its operands alone and gives a fresh tensor.
 */
export const writtenOperands: { readonly [K in KernelName]?: readonly number[] } = {
  sgdUpdate: [0, 2],
  adamUpdate: [0, 2, 3],
  blendUpdate: [0],
  accumulateUpdate: [0],
};
