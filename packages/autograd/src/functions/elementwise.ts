import type { ForwardKernelName, OperandsOf, OptionsOf } from '@subbyte/kernels';
import { type Tensor, tensor } from '@subbyte/tensor';
import { apply } from '../apply.ts';

/** A tensor, or a number that takes the data type of the other operand. */
export type Operand = Tensor | number;

/** A function of each element. */
export type UnaryFunction = (x: Tensor) => Tensor;

/** A function of two operands that broadcast; at least one is a tensor. */
export type BinaryFunction = (a: Operand, b: Operand) => Tensor;

type Named<Operands> = {
  [K in ForwardKernelName]: OperandsOf<K> extends Operands
    ? Readonly<Record<never, never>> extends OptionsOf<K>
      ? K
      : never
    : never;
}[ForwardKernelName];

type PlainUnary = Named<readonly [x: Tensor]>;
type PlainBinary = Named<readonly [a: Tensor, b: Tensor]>;

const unary =
  (kernel: PlainUnary): UnaryFunction =>
  (x) =>
    apply(kernel, [x], {});

/** Both operands as tensors. */
function tensors(a: Operand, b: Operand): readonly [Tensor, Tensor] {
  const like = (typeof a === 'number' ? b : a) as Tensor;
  const lift = (x: Operand): Tensor =>
    typeof x === 'number' ? tensor([x], [], like.dtype ?? 'float32') : x;
  return [lift(a), lift(b)];
}

const binary =
  (kernel: PlainBinary): BinaryFunction =>
  (a, b) =>
    apply(kernel, tensors(a, b), {});

/** `|x|`. */
export const abs: UnaryFunction = unary('abs');
/** `-x`. */
export const neg: UnaryFunction = unary('neg');
/** -1, 0 or 1; gradient 0. */
export const sign: UnaryFunction = unary('sign');
/** Exponential. */
export const exp: UnaryFunction = unary('exp');
/** Natural logarithm. */
export const log: UnaryFunction = unary('log');
/** Square root. */
export const sqrt: UnaryFunction = unary('sqrt');
/** `1 / x`. */
export const reciprocal: UnaryFunction = unary('reciprocal');
/** Rounds down; gradient 0. */
export const floor: UnaryFunction = unary('floor');
/** Rounds up; gradient 0. */
export const ceil: UnaryFunction = unary('ceil');
/** Rounds half to even; gradient 0. */
export const round: UnaryFunction = unary('round');
/** Sine. */
export const sin: UnaryFunction = unary('sin');
/** Cosine. */
export const cos: UnaryFunction = unary('cos');
/** Gauss error function. */
export const erf: UnaryFunction = unary('erf');
/** Hyperbolic tangent. */
export const tanh: UnaryFunction = unary('tanh');
/** `1 / (1 + exp(-x))`. */
export const sigmoid: UnaryFunction = unary('sigmoid');
/** `max(x, 0)`; gradient 0 at 0. */
export const relu: UnaryFunction = unary('relu');
/** `log(1 + exp(x))`. */
export const softplus: UnaryFunction = unary('softplus');
/** `x / (1 + |x|)`. */
export const softsign: UnaryFunction = unary('softsign');
/** `x * min(max(x / 6 + 0.5, 0), 1)`. */
export const hardSwish: UnaryFunction = unary('hardSwish');

/** `a + b`. */
export const add: BinaryFunction = binary('add');
/** `a - b`. */
export const sub: BinaryFunction = binary('sub');
/** `a * b`. */
export const mul: BinaryFunction = binary('mul');
/** `a / b`. */
export const div: BinaryFunction = binary('div');
/** `a ** b`. */
export const pow: BinaryFunction = binary('pow');
/** The smaller one; of equal ones the first takes the gradient. */
export const min: BinaryFunction = binary('min');
/** The larger one; of equal ones the first takes the gradient. */
export const max: BinaryFunction = binary('max');
/** `a === b`, bool. */
export const equal: BinaryFunction = binary('equal');
/** `a < b`, bool. */
export const less: BinaryFunction = binary('less');
/** `a <= b`, bool. */
export const lessOrEqual: BinaryFunction = binary('lessOrEqual');
/** `a > b`, bool. */
export const greater: BinaryFunction = binary('greater');
/** `a >= b`, bool. */
export const greaterOrEqual: BinaryFunction = binary('greaterOrEqual');

/** `condition ? a : b`; at least one of `a` and `b` is a tensor. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  return apply('where', [condition, ...tensors(a, b)], {});
}

/** Remainder of the sign of the divisor (Python's `%`), or of the dividend with `truncated`. */
export function mod(a: Operand, b: Operand, truncated = false): Tensor {
  return apply('mod', tensors(a, b), { truncated });
}

/** `x * x`. */
export function square(x: Tensor): Tensor {
  return mul(x, x);
}
