import type { Shape } from '@subbyte/tensor';
import type { PadOptions } from '../options.ts';
import type { Kernel } from '../table.ts';
import { bigIntsOf, holdsBigInts, numbersOf } from './arrays.ts';
import { saturateBigInt } from './cast.ts';
import { axisOffsets, copyFrom, outside } from './offsets.ts';
import { allocateResult } from './result.ts';

const modulo = (a: number, b: number): number => ((a % b) + b) % b;

/** The place in [0, length) that position `i` of the padded axis shows, or `outside`. */
const sources: {
  readonly [M in PadOptions['mode']]: (i: number, length: number) => number;
} = {
  constant: (i, length) => (i >= 0 && i < length ? i : outside),
  edge: (i, length) => Math.min(Math.max(i, 0), length - 1),
  wrap: modulo,
  reflect: (i, length) => {
    const period = Math.max(2 * (length - 1), 1);
    const place = modulo(i, period);
    return Math.min(place, period - place) % length;
  },
};

/** For each element of the padded tensor where it lies in `shape`, or `outside`. */
export function padOffsets(shape: Shape, options: PadOptions): Int32Array {
  const source = sources[options.mode];
  return axisOffsets(shape, (axis, length) => {
    const [before, after] = [options.before[axis] as number, options.after[axis] as number];
    const first = Math.max(-before, 0);
    const kept = length - first - Math.max(-after, 0);
    return Int32Array.from({ length: length + before + after }, (_, i) => {
      const place = source(i - Math.max(before, 0), kept);
      return place === outside ? outside : first + place;
    });
  });
}

/** Adds elements around the tensor; negative amounts remove them first. */
export const pad: Kernel<'pad'> = (operands, options) => {
  const [x] = operands;
  const result = allocateResult('pad', operands, options);
  if (holdsBigInts(x)) bigIntsOf(result).fill(saturateBigInt(options.value, x.dtype));
  else numbersOf(result).fill(options.value);
  return copyFrom(result, x, padOffsets(x.shape, options));
};
