import {
  type ForwardKernelName,
  type Kernel,
  kernels,
  type OperandsOf,
  type OptionsOf,
} from '@subbyte/kernels';
import { isFloatTensor, type Tensor } from '@subbyte/tensor';
import { rules } from './rules/index.ts';
import type { GradientRule } from './rules/rule.ts';
import { type Computation, record, report } from './tape.ts';

/**
 * Computes a kernel and, when a tape records, remembers it for the backward pass. All functions
 * here go through it.
 * @throws KernelError when operands and options do not fit together.
 */
export function apply<K extends ForwardKernelName>(
  kernel: K,
  operands: OperandsOf<K>,
  options: OptionsOf<K>,
): Tensor {
  const result = (kernels[kernel] as Kernel<K>)(operands, options);
  const rule = rules[kernel] as GradientRule<K>;
  if (rule !== 'notDifferentiable' && isFloatTensor(result)) {
    record({
      name: kernel,
      operands,
      results: [result],
      fresh: true,
      backward: ([gradient], wants) =>
        gradient ? rule({ operands, options, result, gradient, wants }) : [],
    });
  }
  report({ kernel, operands, options, result } as unknown as Computation);
  return result;
}
