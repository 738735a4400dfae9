import { broadcastStrides, type DataType, sameShape, type Tensor } from '@subbyte/tensor';
import type { ForwardKernelName, KernelName, OperandsOf, OptionsOf } from '../table.ts';
import { bigIntsOf, holdsBigInts, numbersOf } from './arrays.ts';
import { stridedOffsets } from './offsets.ts';
import { allocateResult } from './result.ts';

/** Names of the kernels with two operands that broadcast. */
export type BinaryName = {
  [K in ForwardKernelName]: OperandsOf<K> extends readonly [a: Tensor, b: Tensor] ? K : never;
}[ForwardKernelName];

/** A kernel with two operands. */
export type BinaryKernel<K extends KernelName> = (
  operands: readonly [a: Tensor, b: Tensor],
  options: OptionsOf<K>,
) => Tensor;

/** For each element of `shape` where it lies in `x` broadcast to it; `undefined`: same place. */
export function broadcastOffsets(x: Tensor, shape: readonly number[]): Int32Array | undefined {
  if (sameShape(x.shape, shape)) return undefined;
  return stridedOffsets(shape, broadcastStrides(x.shape, shape));
}

/**
 * Makes a broadcasting kernel from the scalar function that `number` gives for the options and the
 * data type of `a`; `big` gives the function for int64 and uint64.
 */
export function defineBinary<K extends BinaryName>(
  kernel: K,
  number: (options: OptionsOf<K>, dtype: DataType) => (a: number, b: number) => number,
  big?: (options: OptionsOf<K>) => (a: bigint, b: bigint) => bigint,
): BinaryKernel<K> {
  return (operands, options) => {
    const [a, b] = operands;
    const result = allocateResult(kernel, operands, options);
    const aOffsets = broadcastOffsets(a, result.shape);
    const bOffsets = broadcastOffsets(b, result.shape);
    if (holdsBigInts(a) && big !== undefined) {
      const apply = big(options);
      const [x, y, to] = [bigIntsOf(a), bigIntsOf(b), bigIntsOf(result)];
      for (let i = 0; i < to.length; i++) {
        to[i] = apply(x[aOffsets?.[i] ?? i] as bigint, y[bOffsets?.[i] ?? i] as bigint);
      }
    } else {
      const apply = number(options, a.dtype);
      const [x, y, to] = [numbersOf(a), numbersOf(b), numbersOf(result)];
      for (let i = 0; i < to.length; i++) {
        to[i] = apply(
          x[aOffsets ? (aOffsets[i] as number) : i] as number,
          y[bOffsets ? (bOffsets[i] as number) : i] as number,
        );
      }
    }
    return result;
  };
}

/** Makes a broadcasting comparison; bigints compare with the same operators as numbers. */
export function defineComparison<K extends BinaryName>(
  kernel: K,
  holds: (a: number, b: number) => boolean,
): BinaryKernel<K> {
  return defineBinary(kernel, () => (a, b) => (holds(a, b) ? 1 : 0));
}
