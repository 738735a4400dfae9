import { isBigInt, isFloat, type Tensor } from '@subbyte/tensor';
import type { Kernel } from '../table.ts';
import { bigIntsOf, numbersOf } from './arrays.ts';
import { broadcastOffsets } from './binary.ts';
import { saturateBigInt } from './cast.ts';
import { allocateResult } from './result.ts';

/** `base^exponent` modulo 2^64 by repeated squaring; the exponent is not negative. */
function powBigInt(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = BigInt.asIntN(64, base);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asIntN(64, result * square);
    square = BigInt.asIntN(64, square * square);
  }
  return result;
}

/** Powers of integers: whole exponents from 0 on wrap, all others truncate and saturate. */
function powInteger(base: number | bigint, exponent: number | bigint, result: Tensor): bigint {
  if (exponent >= 0 && (typeof exponent === 'bigint' || Number.isInteger(exponent))) {
    return powBigInt(BigInt(base), BigInt(exponent));
  }
  return saturateBigInt(Number(base) ** Number(exponent), result.dtype);
}

/** `a ^ b`; the result has the type of `a`. Whole powers of integers wrap, others truncate. */
export const pow: Kernel<'pow'> = (operands, options) => {
  const [a, b] = operands;
  const result = allocateResult('pow', operands, options);
  const aOffsets = broadcastOffsets(a, result.shape);
  const bOffsets = broadcastOffsets(b, result.shape);
  const [x, y] = [a.data, b.data];
  const base = (i: number): number | bigint => x[aOffsets ? (aOffsets[i] as number) : i] as number;
  const exponent = (i: number): number | bigint =>
    y[bOffsets ? (bOffsets[i] as number) : i] as number;
  if (isBigInt(a.dtype)) {
    const to = bigIntsOf(result);
    for (let i = 0; i < to.length; i++) to[i] = powInteger(base(i), exponent(i), result);
  } else {
    const to = numbersOf(result);
    const float = isFloat(a.dtype);
    for (let i = 0; i < to.length; i++) {
      to[i] = float
        ? Number(base(i)) ** Number(exponent(i))
        : Number(BigInt.asIntN(32, powInteger(base(i), exponent(i), result)));
    }
  }
  return result;
};
