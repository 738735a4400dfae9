import { bytesPerElement, type DataType, isBigInt, isFloat, type Tensor } from '@subbyte/tensor';
import type { Kernel } from '../table.ts';
import { bigIntsOf, holdsBigInts, numbersOf } from './arrays.ts';
import { allocateResult } from './result.ts';

/** Smallest and largest value of integer type `dtype`, as bigints. */
function integerRange(dtype: DataType): readonly [low: bigint, high: bigint] {
  const bits = BigInt(bytesPerElement(dtype) * 8);
  return dtype.startsWith('u')
    ? [0n, (1n << bits) - 1n]
    : [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n];
}

/** `value` truncated to integer type `dtype`; beyond its range the nearest bound, NaN 0. */
export function saturateBigInt(value: number, dtype: DataType): bigint {
  const [low, high] = integerRange(dtype);
  if (Number.isNaN(value)) return 0n;
  if (value <= Number(low)) return low;
  if (value >= Number(high)) return high;
  return BigInt(Math.trunc(value));
}

/** Like `saturateBigInt`, for types whose elements are numbers. */
export function saturate(value: number, dtype: DataType): number {
  return Number(saturateBigInt(value, dtype));
}

/** A function that converts numbers to integer type `dtype`, truncating and saturating. */
function saturation(dtype: DataType): (value: number) => number {
  const [low, high] = integerRange(dtype).map(Number) as [number, number];
  return (value) => (Number.isNaN(value) ? 0 : Math.min(Math.max(Math.trunc(value), low), high));
}

function castNumbers(x: Tensor, result: Tensor): void {
  const from = numbersOf(x);
  if (holdsBigInts(result)) {
    const to = bigIntsOf(result);
    const convert = isFloat(x.dtype)
      ? (value: number): bigint => saturateBigInt(value, result.dtype)
      : BigInt;
    for (let i = 0; i < from.length; i++) to[i] = convert(from[i] as number);
    return;
  }
  const to = numbersOf(result);
  const convert = isFloat(x.dtype) && !isFloat(result.dtype) ? saturation(result.dtype) : undefined;
  for (let i = 0; i < from.length; i++) {
    const value = from[i] as number;
    to[i] = convert ? convert(value) : value;
  }
}

function castBigInts(x: Tensor, result: Tensor): void {
  const from = bigIntsOf(x);
  if (holdsBigInts(result)) {
    const to = bigIntsOf(result);
    for (let i = 0; i < from.length; i++) to[i] = from[i] as bigint;
    return;
  }
  const to = numbersOf(result);
  const wrap = !isFloat(result.dtype);
  for (let i = 0; i < from.length; i++) {
    const value = from[i] as bigint;
    to[i] = Number(wrap ? BigInt.asIntN(32, value) : value);
  }
}

/**
 * Converts the elements to another type. Floats to integers truncate and saturate, NaN becomes 0;
 * integers to narrower integers wrap; anything but 0 becomes true.
 */
export const cast: Kernel<'cast'> = (operands, options) => {
  const [x] = operands;
  const result = allocateResult('cast', operands, options);
  if (result.dtype === 'bool') {
    const from = x.data;
    const to = numbersOf(result);
    for (let i = 0; i < from.length; i++) to[i] = Number(from[i]) === 0 ? 0 : 1;
  } else if (isBigInt(x.dtype)) castBigInts(x, result);
  else castNumbers(x, result);
  return result;
};
