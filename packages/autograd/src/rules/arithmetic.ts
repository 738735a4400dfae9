// The vocabulary of the rules: kernels as plain functions, numbers allowed for second operands.

import { kernels } from '@subbyte/kernels';
import { reshape, type Shape, sameShape, type Tensor, tensor } from '@subbyte/tensor';

/** A second operand: a tensor, or a number that takes the type of the first. */
export type Value = Tensor | number;

type BinaryFunction = (a: Tensor, b: Value) => Tensor;

const binary =
  (
    kernel: 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'equal' | 'less' | 'lessOrEqual' | 'greater',
  ): BinaryFunction =>
  (a, b) =>
    kernels[kernel]([a, typeof b === 'number' ? tensor([b], [], a.dtype) : b], {});

export const add: BinaryFunction = binary('add');
export const sub: BinaryFunction = binary('sub');
export const mul: BinaryFunction = binary('mul');
export const div: BinaryFunction = binary('div');
export const pow: BinaryFunction = binary('pow');
export const equal: BinaryFunction = binary('equal');
export const less: BinaryFunction = binary('less');
export const lessOrEqual: BinaryFunction = binary('lessOrEqual');
export const greater: BinaryFunction = binary('greater');

/** `-x`. */
export const neg = (x: Tensor): Tensor => kernels.neg([x], {});

/** `condition ? a : b`; numbers take the type of the other one. */
export function where(condition: Tensor, a: Value, b: Value): Tensor {
  const { dtype } = (typeof a === 'number' ? b : a) as Tensor;
  const [x, y] = [a, b].map((v) => (typeof v === 'number' ? tensor([v], [], dtype) : v));
  return kernels.where([condition, x as Tensor, y as Tensor], {});
}

/** `x` where `condition` holds, else 0. */
export const only = (condition: Tensor, x: Tensor): Tensor => where(condition, x, 0);

/** Sum over `axes`. */
export function sum(x: Tensor, axes: readonly number[], keepAxes = false): Tensor {
  return kernels.reduceSum([x], { axes, keepAxes });
}

/** `gradient` of a broadcast value summed to the value's own shape. */
export function sumTo(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const lead = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((size, axis) =>
    axis < lead || (shape[axis - lead] === 1 && size !== 1) ? [axis] : [],
  );
  return reshape(axes.length === 0 ? gradient : sum(gradient, axes), shape);
}

/** `shape` with size 1 along `axes`. */
export function keepAxes(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

/** Along `axis`, the elements in reverse order. */
export function reverse(x: Tensor, axis: number): Tensor {
  return kernels.slice([x], {
    starts: x.shape.map((size, i) => (i === axis ? Math.max(size - 1, 0) : 0)),
    sizes: x.shape,
    steps: x.shape.map((_, i) => (i === axis ? -1 : 1)),
  });
}

/** Row `index` of a tensor whose first axis is short, as a tensor without that axis. */
export function row(x: Tensor, index: number): Tensor {
  const sizes = x.shape.map((size, axis) => (axis === 0 ? 1 : size));
  const taken = kernels.slice([x], {
    starts: x.shape.map((_, axis) => (axis === 0 ? index : 0)),
    sizes,
    steps: x.shape.map(() => 1),
  });
  return reshape(taken, sizes.slice(1));
}
