import { broadcastShapes, type Shape, sameShape } from '@subbyte/tensor';
import { KernelError } from '../errors.ts';

/** Shapes of the operands; `undefined` where an optional one is absent. */
export type OperandShapes = readonly (Shape | undefined)[];

/** A shape or array as it appears in messages. */
export const show = (values: readonly number[]): string => `[${values.join(', ')}]`;

/** @throws KernelError always, with the kernel's name in front. */
export function fail(kernel: string, message: string): never {
  throw new KernelError(`${kernel}: ${message}`);
}

/** Operand `index`. @throws KernelError when it is absent. */
export function operandShape(
  kernel: string,
  shapes: OperandShapes,
  index: number,
  role: string,
): Shape {
  return shapes[index] ?? fail(kernel, `operand ${index} (${role}) is missing`);
}

/** @throws KernelError unless `shape` has rank `rank`. */
export function checkRank(kernel: string, role: string, shape: Shape, rank: number): void {
  if (shape.length !== rank) {
    fail(kernel, `${role} ${show(shape)} has rank ${shape.length}, expected ${rank}`);
  }
}

/** @throws KernelError unless `shape` equals `expected`; absent shapes pass. */
export function checkShape(
  kernel: string,
  role: string,
  shape: Shape | undefined,
  expected: Shape,
): void {
  if (shape !== undefined && !sameShape(shape, expected)) {
    fail(kernel, `${role} has shape ${show(shape)}, expected ${show(expected)}`);
  }
}

/** @throws KernelError unless `shape` broadcasts to `target` without enlarging it. */
export function checkBroadcastsTo(
  kernel: string,
  role: string,
  shape: Shape | undefined,
  target: Shape,
): void {
  if (shape !== undefined && !sameShape(broadcastShapes(shape, target), target)) {
    fail(kernel, `${role} ${show(shape)} does not broadcast to ${show(target)}`);
  }
}

/** @throws KernelError unless all of `values` are whole numbers of at least `least`. */
export function checkWhole(
  kernel: string,
  role: string,
  values: readonly number[],
  least: number,
): void {
  for (const value of values) {
    if (!Number.isInteger(value) || value < least) {
      fail(kernel, `${role} ${show(values)}: expected whole numbers of at least ${least}`);
    }
  }
}

/** @throws KernelError unless `axis` is a whole number in [0, rank). */
export function checkAxis(kernel: string, axis: number, shape: Shape): void {
  if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) {
    fail(kernel, `axis ${axis} is not one of ${show(shape)}; axes count from 0`);
  }
}

/** @throws KernelError unless there is one value per axis. */
export function checkPerAxis(
  kernel: string,
  role: string,
  values: readonly number[],
  shape: Shape,
): void {
  if (values.length !== shape.length) {
    fail(kernel, `${role} ${show(values)}: expected one value per axis of ${show(shape)}`);
  }
}
