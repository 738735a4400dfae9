import type { ReduceOptions } from '@subbyte/kernels';
import { normalizeAxis, type Tensor } from '@subbyte/tensor';
import { apply } from '../apply.ts';

/** Which axes to reduce. */
export interface ReduceCallOptions {
  /** One axis or several, negative counts from the end; default: all. */
  readonly axes?: number | readonly number[] | undefined;
  /** Leave the reduced axes in place with size 1. Default: false. */
  readonly keepAxes?: boolean | undefined;
}

/** A function that reduces axes. */
export type Reduction = (x: Tensor, options?: ReduceCallOptions) => Tensor;

function complete(x: Tensor, { axes, keepAxes = false }: ReduceCallOptions): ReduceOptions {
  const rank = x.shape.length;
  const list = axes === undefined ? x.shape.map((_, i) => i) : [axes].flat();
  const distinct = new Set(list.map((axis) => normalizeAxis(axis, rank)));
  return { axes: [...distinct].sort((a, b) => a - b), keepAxes };
}

const reduction =
  (
    kernel:
      | 'reduceSum'
      | 'reduceMean'
      | 'reduceMax'
      | 'reduceMin'
      | 'reduceProd'
      | 'reduceSumSquare'
      | 'reduceL1'
      | 'reduceL2'
      | 'reduceLogSumExp',
  ): Reduction =>
  (x, options = {}) =>
    apply(kernel, [x], complete(x, options));

/** Sum. */
export const reduceSum: Reduction = reduction('reduceSum');
/** Mean. */
export const reduceMean: Reduction = reduction('reduceMean');
/** Largest element; equal ones share the gradient. */
export const reduceMax: Reduction = reduction('reduceMax');
/** Smallest element; equal ones share the gradient. */
export const reduceMin: Reduction = reduction('reduceMin');
/** Product. */
export const reduceProd: Reduction = reduction('reduceProd');
/** Sum of squares. */
export const reduceSumSquare: Reduction = reduction('reduceSumSquare');
/** Sum of magnitudes. */
export const reduceL1: Reduction = reduction('reduceL1');
/** Euclidean norm; gradient 0 at the origin. */
export const reduceL2: Reduction = reduction('reduceL2');
/** `log(sum(exp(x)))`, without overflow. */
export const reduceLogSumExp: Reduction = reduction('reduceLogSumExp');
/** Sum, the short name of `reduceSum`. */
export const sum: Reduction = reduction('reduceSum');
/** Mean, the short name of `reduceMean`. */
export const mean: Reduction = reduction('reduceMean');

/** Position of the largest element along `axis`, int64; of equal ones the first. */
export function argMax(x: Tensor, axis = -1): Tensor {
  return apply('argMax', [x], {
    axis: normalizeAxis(axis, x.shape.length),
    keepAxes: false,
    selectLast: false,
  });
}

/** Running sum along `axis`. */
export function cumulativeSum(x: Tensor, axis = -1): Tensor {
  return apply('cumulativeSum', [x], { axis: normalizeAxis(axis, x.shape.length) });
}
