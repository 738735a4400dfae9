// The two faces of a tensor's elements: JavaScript numbers or bigints.

import { isBigInt, type NumberDataType, type Tensor, type TypedArrayOf } from '@subbyte/tensor';

/** Elements that are numbers. */
export type NumberArray = TypedArrayOf<NumberDataType>;

/** Elements that are bigints. */
export type BigIntArray = TypedArrayOf<'int64' | 'uint64'>;

/** Elements of `tensor`, which must not be int64 or uint64. */
export function numbersOf(tensor: Tensor): NumberArray {
  return tensor.data as NumberArray;
}

/** Elements of `tensor`, which must be int64 or uint64. */
export function bigIntsOf(tensor: Tensor): BigIntArray {
  return tensor.data as BigIntArray;
}

/** The smaller of two bigints. */
export function smaller(a: bigint, b: bigint): bigint {
  if (b < a) return b;
  return a;
}

/** The larger of two bigints. */
export function larger(a: bigint, b: bigint): bigint {
  if (b > a) return b;
  return a;
}

/** Whether the elements of `tensor` are bigints. */
export function holdsBigInts(tensor: Tensor): boolean {
  return isBigInt(tensor.dtype);
}
