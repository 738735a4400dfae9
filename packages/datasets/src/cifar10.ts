import { DatasetError } from './errors.ts';
import type { Dataset } from './types.ts';

/** The ten classes, in the order of their labels. */
export const cifar10Classes: readonly string[] = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];

const side = 32;
const plane = side * side;
const record = 1 + 3 * plane;

/**
 * Reads CIFAR-10 in its binary form: records of one label byte and the red, green and blue planes
 * of 32 x 32 bytes. The bytes are shared, not copied.
 * @see https://www.cs.toronto.edu/~kriz/cifar.html
 * @throws DatasetError when the size is no multiple of 3 073 bytes or a label is above 9.
 */
export function cifar10(bytes: Uint8Array): Dataset {
  if (bytes.length === 0 || bytes.length % record !== 0) {
    throw new DatasetError(
      `CIFAR-10: ${bytes.length} bytes, expected a positive multiple of ${record} (label and 3 x 32 x 32 pixels)`,
    );
  }
  const size = bytes.length / record;
  const labels = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const label = bytes[i * record] as number;
    if (label >= cifar10Classes.length) {
      throw new DatasetError(
        `CIFAR-10: label ${label} at byte ${i * record}, expected 0 … ${cifar10Classes.length - 1}`,
      );
    }
    labels[i] = label;
  }
  return {
    size,
    labels,
    classNames: cifar10Classes,
    item: (index) => {
      const data = new Uint8Array(3 * plane);
      const base = index * record + 1;
      for (let i = 0; i < data.length; i++) {
        data[i] = bytes[base + (i % 3) * plane + Math.floor(i / 3)] as number;
      }
      return { width: side, height: side, channels: 3, data };
    },
  };
}
