import type { KernelName, OptionsOf } from '../table.ts';
import type { OperandShapes } from './check.ts';

/**
 * The shape of a kernel's result.
 * @throws KernelError when the operands and options do not fit together or the result is too big.
 */
export type ShapeRule<K extends KernelName> = (
  operands: OperandShapes,
  options: OptionsOf<K>,
) => number[];

/** A shape rule that is told the kernel's name, for its messages. */
export type NamedRule<K extends KernelName> = (
  kernel: string,
  operands: OperandShapes,
  options: OptionsOf<K>,
) => number[];
