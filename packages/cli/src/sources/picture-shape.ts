import type { Dimension } from '@subbyte/graph';
import { UsageError } from '../errors.ts';

/**
 * Shape of one sample: what follows the batch axis, with open sizes taken from `--size`, whose
 * numbers stand for the last axes.
 * @throws UsageError when a size stays open, or `--size` contradicts the model.
 */
export function pictureShape(
  inputShape: readonly Dimension[],
  size: readonly number[] | undefined,
): number[] {
  const axes = inputShape.slice(1);
  return axes.map((dimension, axis) => {
    const given = size?.[axis - axes.length + size.length];
    if (typeof dimension === 'number' && given !== undefined && given !== dimension) {
      throw new UsageError(
        `--size says ${given} where the model's input [${inputShape}] has ${dimension}`,
      );
    }
    const known = typeof dimension === 'number' ? dimension : given;
    if (known === undefined) {
      throw new UsageError(
        `the model's input [${inputShape}] leaves "${dimension}" open: give --size, like --size 48x320`,
      );
    }
    return known;
  });
}
