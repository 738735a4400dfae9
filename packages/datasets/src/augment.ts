import type { Random } from '@subbyte/tensor';
import { DatasetError } from './errors.ts';
import type { Image } from './types.ts';

/** Changes a picture at random. Draws only from `stream`, and as often for every picture. */
export type Augmentation = (image: Image, stream: Random) => Image;

/** `image` moved right and down by whole pixels, black where nothing is left. */
function shift(image: Image, right: number, down: number): Image {
  const { width, height, channels } = image;
  const data = new Uint8Array(image.data.length);
  const left = Math.max(right, 0);
  const end = width + Math.min(right, 0);
  for (let y = Math.max(down, 0); y < height + Math.min(down, 0); y++) {
    const from = ((y - down) * width + left - right) * channels;
    const row = image.data.subarray(from, from + (end - left) * channels);
    data.set(row, (y * width + left) * channels);
  }
  return { ...image, data };
}

/**
 * Cuts the picture's own size out of it at a random place, after adding `padding` black pixels on
 * every side (He et al. 2016, section 4.2, with 4).
 * @throws DatasetError when the padding is no whole number, or as large as a picture.
 */
export function randomCrop(padding: number): Augmentation {
  return (image, stream) => {
    if (
      !(
        Number.isInteger(padding) &&
        padding >= 0 &&
        padding < image.width &&
        padding < image.height
      )
    ) {
      throw new DatasetError(
        `random crop: padding ${padding} for pictures of ${image.width} x ${image.height}, expected a whole number below both`,
      );
    }
    const right = stream.integer(2 * padding + 1) - padding;
    const down = stream.integer(2 * padding + 1) - padding;
    return shift(image, right, down);
  };
}

/** Mirrors every other picture, left to right. */
export function randomFlip(): Augmentation {
  return (image, stream) => {
    if (stream.uniform() < 0.5) return image;
    const { width, channels } = image;
    const data = new Uint8Array(image.data.length);
    for (let i = 0; i < data.length; i += channels) {
      const x = (i / channels) % width;
      const from = i + (width - 1 - 2 * x) * channels;
      data.set(image.data.subarray(from, from + channels), i);
    }
    return { ...image, data };
  };
}
