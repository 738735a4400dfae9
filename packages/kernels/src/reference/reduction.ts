import { isFloat, stridesOf, type Tensor } from '@subbyte/tensor';
import { fail } from '../shapes/check.ts';
import type { KernelName, OptionsOf } from '../table.ts';
import { bigIntsOf, holdsBigInts, larger, numbersOf, smaller } from './arrays.ts';
import { saturateBigInt } from './cast.ts';
import { stridedOffsets } from './offsets.ts';
import { allocateResult } from './result.ts';
import type { UnaryKernel } from './unary.ts';

/** Names of the reductions. */
export type ReductionName = Extract<KernelName, `reduce${string}`>;

/** Offsets of the elements along the kept axes, and along the reduced ones. */
function partition(x: Tensor, axes: readonly number[]): readonly [Int32Array, Int32Array] {
  const strides = stridesOf(x.shape);
  const along = (keep: boolean): Int32Array => {
    const chosen = x.shape.map((_, axis) => axis).filter((axis) => axes.includes(axis) !== keep);
    return stridedOffsets(
      chosen.map((axis) => x.shape[axis] as number),
      chosen.map((axis) => strides[axis] as number),
    );
  };
  return [along(true), along(false)];
}

/**
 * Makes a reduction from a function of the elements that become one: in double precision for
 * floats, exact for integers, whose result wraps. `integer` gets the smallest and largest value of
 * the data type too, for empty input.
 */
function defineReduction<K extends ReductionName>(
  kernel: K,
  float: (values: Float64Array) => number,
  integer: (values: readonly bigint[], lowest: bigint, highest: bigint) => bigint = () =>
    fail(kernel, 'integers are not supported'),
): UnaryKernel<K> {
  return (operands, options: OptionsOf<ReductionName>) => {
    const [x] = operands;
    const result = allocateResult<ReductionName>(kernel, operands, options);
    const [kept, reduced] = partition(x, options.axes);
    if (isFloat(x.dtype)) {
      const [from, to] = [numbersOf(x), numbersOf(result)];
      const values = new Float64Array(reduced.length);
      for (let i = 0; i < kept.length; i++) {
        const base = kept[i] as number;
        for (let j = 0; j < reduced.length; j++) {
          values[j] = from[base + (reduced[j] as number)] as number;
        }
        to[i] = float(values);
      }
      return result;
    }
    const from = x.data;
    const lowest = saturateBigInt(Number.NEGATIVE_INFINITY, x.dtype);
    const highest = saturateBigInt(Number.POSITIVE_INFINITY, x.dtype);
    for (let i = 0; i < kept.length; i++) {
      const base = kept[i] as number;
      const values = Array.from(reduced, (offset) => BigInt(from[base + offset] as number));
      const value = integer(values, lowest, highest);
      if (holdsBigInts(result)) bigIntsOf(result)[i] = value;
      else numbersOf(result)[i] = Number(BigInt.asIntN(32, value));
    }
    return result;
  };
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

const sumBigInt = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

const sumSquares = (values: Float64Array): number => sum(values.map((value) => value * value));

const sumSquaresBigInt = (values: readonly bigint[]): bigint =>
  sumBigInt(values.map((value) => value * value));

/** Sum. */
export const reduceSum: UnaryKernel<'reduceSum'> = defineReduction('reduceSum', sum, sumBigInt);

/** Mean; integers round towards zero, and the mean of nothing is NaN or an error. */
export const reduceMean: UnaryKernel<'reduceMean'> = defineReduction(
  'reduceMean',
  (values) => sum(values) / values.length,
  (values) =>
    values.length === 0
      ? fail('reduceMean', 'no elements to average')
      : sumBigInt(values) / BigInt(values.length),
);

/** Maximum; NaN wins; of nothing `-Infinity` or the smallest integer. */
export const reduceMax: UnaryKernel<'reduceMax'> = defineReduction(
  'reduceMax',
  (values) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  (values, lowest) => values.reduce(larger, lowest),
);

/** Minimum; NaN wins; of nothing `Infinity` or the largest integer. */
export const reduceMin: UnaryKernel<'reduceMin'> = defineReduction(
  'reduceMin',
  (values) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
  (values, _, highest) => values.reduce(smaller, highest),
);

/** Product. */
export const reduceProd: UnaryKernel<'reduceProd'> = defineReduction(
  'reduceProd',
  (values) => values.reduce((a, b) => a * b, 1),
  (values) => values.reduce((a, b) => BigInt.asIntN(64, a * b), 1n),
);

/** Sum of squares. */
export const reduceSumSquare: UnaryKernel<'reduceSumSquare'> = defineReduction(
  'reduceSumSquare',
  sumSquares,
  sumSquaresBigInt,
);

/** Sum of absolute values. */
export const reduceL1: UnaryKernel<'reduceL1'> = defineReduction(
  'reduceL1',
  (values) => sum(values.map(Math.abs)),
  (values) => sumBigInt(values.map((value) => (value < 0n ? -value : value))),
);

/** Root of the sum of squares; integers truncate. */
export const reduceL2: UnaryKernel<'reduceL2'> = defineReduction(
  'reduceL2',
  (values) => Math.sqrt(sumSquares(values)),
  (values) => BigInt(Math.trunc(Math.sqrt(Number(sumSquaresBigInt(values))))),
);

/** `log(sum(exp(x)))`, shifted by the maximum so that it does not overflow. */
export const reduceLogSumExp: UnaryKernel<'reduceLogSumExp'> = defineReduction(
  'reduceLogSumExp',
  (values) => {
    const top = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    if (!Number.isFinite(top)) return top;
    return top + Math.log(sum(values.map((value) => Math.exp(value - top))));
  },
);
