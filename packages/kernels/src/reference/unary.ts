import type { DataType, Tensor } from '@subbyte/tensor';
import type { ForwardKernelName, KernelName, OperandsOf, OptionsOf } from '../table.ts';
import { bigIntsOf, holdsBigInts, numbersOf } from './arrays.ts';
import { allocateResult } from './result.ts';

/** Names of the kernels with one operand. */
export type UnaryName = {
  [K in ForwardKernelName]: OperandsOf<K> extends readonly [x: Tensor] ? K : never;
}[ForwardKernelName];

/** A kernel with one operand. */
export type UnaryKernel<K extends KernelName> = (
  operands: readonly [x: Tensor],
  options: OptionsOf<K>,
) => Tensor;

/**
 * Makes an elementwise kernel from the scalar function that `number` gives for the options; `big`
 * gives the function for int64 and uint64.
 */
export function defineUnary<K extends UnaryName>(
  kernel: K,
  number: (options: OptionsOf<K>, dtype: DataType) => (x: number) => number,
  big?: (options: OptionsOf<K>, dtype: DataType) => (x: bigint) => bigint,
): UnaryKernel<K> {
  return (operands, options) => {
    const [x] = operands;
    const result = allocateResult(kernel, operands, options);
    if (holdsBigInts(x) && big !== undefined) {
      const apply = big(options, x.dtype);
      const from = bigIntsOf(x);
      const to = bigIntsOf(result);
      for (let i = 0; i < from.length; i++) to[i] = apply(from[i] as bigint);
    } else {
      const apply = number(options, x.dtype);
      const from = numbersOf(x);
      const to = numbersOf(result);
      for (let i = 0; i < from.length; i++) to[i] = apply(from[i] as number);
    }
    return result;
  };
}
