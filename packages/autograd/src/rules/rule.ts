import type { ForwardKernelName, OperandsOf, OptionsOf } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';

/** What a gradient rule gets: one computation of kernel `K` and the gradient of its result. */
export interface RuleStep<K extends ForwardKernelName> {
  readonly operands: OperandsOf<K>;
  readonly options: OptionsOf<K>;
  readonly result: Tensor;
  /** Gradient of the loss with respect to `result`, of its shape and data type. */
  readonly gradient: Tensor;
  /** Whether the gradient of operand `index` is needed. */
  readonly wants: (index: number) => boolean;
}

/**
 * Gradients for the operands of kernel `K`, in order; `undefined` where none is wanted or none
 * exists. A gradient is a fresh tensor, or the result's gradient itself or a view of it; never an
 * operand. `'notDifferentiable'` kernels pass nothing back: their result counts as constant.
 */
export type GradientRule<K extends ForwardKernelName> =
  | 'notDifferentiable'
  | ((step: RuleStep<K>) => readonly (Tensor | undefined)[]);
