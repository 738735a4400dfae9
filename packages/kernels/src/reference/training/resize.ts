import { sizeOf } from '@subbyte/tensor';
import type { Kernel } from '../../table.ts';
import { numbersOf } from '../arrays.ts';
import { nearestOffsets, resizeTaps, type Taps } from '../resize.ts';
import { allocateResult } from '../result.ts';
import { scatterAdd } from './scatter.ts';

/** Takes `[outer, taps, inner]` back to `[outer, length, inner]`: the transpose of resampling. */
function spread(
  from: ArrayLike<number>,
  outer: number,
  length: number,
  inner: number,
  taps: readonly Taps[],
): Float64Array {
  const to = new Float64Array(outer * length * inner);
  for (let o = 0; o < outer; o++) {
    for (const [k, { positions, weights }] of taps.entries()) {
      for (const [t, position] of positions.entries()) {
        const weight = weights[t] as number;
        const source = (o * taps.length + k) * inner;
        const target = (o * length + position) * inner;
        for (let i = 0; i < inner; i++) {
          to[target + i] = (to[target + i] as number) + weight * (from[source + i] as number);
        }
      }
    }
  }
  return to;
}

/** Spreads each element of the gradient over the elements it was made from. */
export const resizeGradient: Kernel<'resizeGradient'> = (operands, options) => {
  const [gradient] = operands;
  const result = allocateResult('resizeGradient', operands, options);
  const { shape } = result;
  if (options.mode === 'nearest') {
    return scatterAdd(result, gradient, nearestOffsets(shape, options));
  }
  let values: ArrayLike<number> = numbersOf(gradient);
  for (const axis of [...shape.keys()].reverse()) {
    const taps = resizeTaps(shape, axis, options);
    if (taps === undefined) continue;
    const outer = sizeOf(gradient.shape.slice(0, axis));
    values = spread(values, outer, shape[axis] as number, sizeOf(shape.slice(axis + 1)), taps);
  }
  numbersOf(result).set(values);
  return result;
};
