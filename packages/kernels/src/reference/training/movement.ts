import type { Kernel } from '../../table.ts';
import { gatherElementsOffsets, gatherOffsets } from '../gather.ts';
import { sliceOffsets } from '../movement.ts';
import { padOffsets } from '../pad.ts';
import { allocateResult } from '../result.ts';
import { scatterAdd } from './scatter.ts';

/** Adds each element of the padded gradient to the element it repeats; a constant fill to none. */
export const padGradient: Kernel<'padGradient'> = (operands, options) => {
  const result = allocateResult('padGradient', operands, options);
  return scatterAdd(result, operands[0], padOffsets(result.shape, options));
};

/** Puts the gradient where the slice was taken; zeros elsewhere. */
export const sliceGradient: Kernel<'sliceGradient'> = (operands, options) => {
  const result = allocateResult('sliceGradient', operands, options);
  return scatterAdd(result, operands[0], sliceOffsets(result.shape, options));
};

/** Adds each slice of the gradient at its index. */
export const gatherGradient: Kernel<'gatherGradient'> = (operands, options) => {
  const [gradient, indices] = operands;
  const result = allocateResult('gatherGradient', operands, options);
  const offsets = gatherOffsets('gatherGradient', result.shape, indices, options);
  return scatterAdd(result, gradient, offsets);
};

/** Adds each element of the gradient at its index. */
export const gatherElementsGradient: Kernel<'gatherElementsGradient'> = (operands, options) => {
  const [gradient, indices] = operands;
  const result = allocateResult('gatherElementsGradient', operands, options);
  const offsets = gatherElementsOffsets('gatherElementsGradient', result.shape, indices, options);
  return scatterAdd(result, gradient, offsets);
};
