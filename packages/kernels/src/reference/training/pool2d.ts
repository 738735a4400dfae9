import type { Kernel } from '../../table.ts';
import { numbersOf } from '../arrays.ts';
import { averaged, forEachWindow, maxOffsets } from '../pool2d.ts';
import { allocateResult } from '../result.ts';
import { scatterAdd } from './scatter.ts';

/** Adds the gradient of each window at its first maximum. */
export const maxPool2dGradient: Kernel<'maxPool2dGradient'> = (operands, options) => {
  const [x, gradient] = operands;
  const result = allocateResult('maxPool2dGradient', operands, options);
  return scatterAdd(result, gradient, maxOffsets(x, gradient.shape, options));
};

/** Shares the gradient of each window among the elements that it averaged. */
export const averagePool2dGradient: Kernel<'averagePool2dGradient'> = (operands, options) => {
  const [gradient] = operands;
  const result = allocateResult('averagePool2dGradient', operands, options);
  const from = numbersOf(gradient);
  const sums = new Float64Array(result.size);
  forEachWindow(gradient.shape, options, (index, plane, top, left) => {
    const [offsets, count] = averaged(result.shape, options, plane, top, left);
    const share = (from[index] as number) / count;
    for (const offset of offsets) sums[offset] = (sums[offset] as number) + share;
  });
  numbersOf(result).set(sums);
  return result;
};
