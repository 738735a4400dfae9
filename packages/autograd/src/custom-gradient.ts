import { kernels } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import { onTape, record } from './tape.ts';
import { stopGradient } from './views.ts';

/** What the backward function of a custom gradient gets. */
export interface CustomStep<Operands extends readonly Tensor[]> {
  /** Gradient of the loss with respect to `result`. */
  readonly gradient: Tensor;
  readonly operands: Operands;
  readonly result: Tensor;
}

/**
 * A function that computes `forward` and differentiates by `backward`, which returns one gradient
 * per operand, of that operand's shape; `undefined` stands for 0. Values that `forward` reaches by
 * other ways than its operands get no gradient.
 *
 * Straight-through rounding is `customGradient((x) => round(x), ({ gradient }) => [gradient])`.
 */
export function customGradient<Operands extends readonly Tensor[]>(
  forward: (...operands: Operands) => Tensor,
  backward: (step: CustomStep<Operands>) => readonly (Tensor | undefined)[],
): (...operands: Operands) => Tensor {
  return (...operands) => {
    const computed = onTape(undefined, () => forward(...operands));
    // A result that is an operand itself must be told apart from it.
    const result = operands.includes(computed) ? stopGradient(computed) : computed;
    record({
      name: 'custom',
      operands,
      results: [result],
      fresh: false,
      backward: ([gradient]) => {
        if (!gradient) return [];
        // The backward pass releases and overwrites gradients; it must not do so with tensors
        // that the function holds on to.
        return backward({ gradient, operands, result }).map(
          (own) => own && (own.storage === gradient.storage ? own : copy(own)),
        );
      },
    });
    return result;
  };
}

function copy(x: Tensor): Tensor {
  return kernels.cast([x], { dtype: x.dtype });
}
