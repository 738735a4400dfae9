import type { Kernel } from '../../table.ts';
import { transpose } from '../movement.ts';
import { maxPool2d } from '../pool2d.ts';
import { checkOperands } from '../result.ts';

/** The largest code under each window. */
export const integerMaxPool2d: Kernel<'integerMaxPool2d'> = (operands, options) => {
  checkOperands('integerMaxPool2d', operands, options);
  const planes = transpose(operands, { permutation: [0, 3, 1, 2] });
  return transpose([maxPool2d([planes], options)], { permutation: [0, 2, 3, 1] });
};
