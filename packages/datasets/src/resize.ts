import { DatasetError } from './errors.ts';
import type { Image } from './types.ts';

/**
 * How pixels are mixed: `bilinear` is a triangle that widens when an image shrinks (as in Pillow),
 * `area` is the mean over the covered source pixels.
 */
export type ResizeMethod = 'bilinear' | 'area';

interface Filter {
  /** Half its width, in pixels of the coarser image. */
  readonly support: number;
  readonly weight: (distance: number) => number;
}

const filters: { readonly [M in ResizeMethod]: Filter } = {
  bilinear: { support: 1, weight: (d) => Math.max(0, 1 - Math.abs(d)) },
  area: { support: 0.5, weight: (d) => (d >= -0.5 && d < 0.5 ? 1 : 0) },
};

interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

function tapsOf(from: number, to: number, filter: Filter): Taps[] {
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const support = filter.support * stretch;
  return Array.from({ length: to }, (_, i) => {
    const center = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(center - support));
    const end = Math.min(from, Math.ceil(center + support));
    const weights = Float64Array.from({ length: end - first }, (_, j) =>
      filter.weight((first + j + 0.5 - center) / stretch),
    );
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

/** Mixes along the middle axis of `[outer, taps, inner]`. */
function mix(input: ArrayLike<number>, from: number, inner: number, taps: Taps[]): Float64Array {
  const outer = input.length / (from * inner);
  const output = new Float64Array(outer * taps.length * inner);
  let o = 0;
  for (let block = 0; block < outer; block++) {
    for (const { first, weights } of taps) {
      const base = (block * from + first) * inner;
      for (let k = 0; k < inner; k++) {
        let sum = 0;
        for (let j = 0; j < weights.length; j++) {
          sum += (weights[j] as number) * (input[base + j * inner + k] as number);
        }
        output[o++] = sum;
      }
    }
  }
  return output;
}

/**
 * Resizes `image` to `width` x `height` (whole, positive), bilinear unless told otherwise. Plain
 * arithmetic: the same bytes in Node and in every browser.
 * @throws DatasetError for sizes that are not whole and positive.
 */
export function resize(
  image: Image,
  width: number,
  height: number,
  method: ResizeMethod = 'bilinear',
): Image {
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side < 1 || side > 65536) {
      throw new DatasetError(`resize to ${width} x ${height}: expected whole sides 1 … 65536`);
    }
  }
  if (width === image.width && height === image.height) return image;
  const filter = filters[method];
  const { channels } = image;
  const wide = mix(image.data, image.width, channels, tapsOf(image.width, width, filter));
  const both = mix(wide, image.height, width * channels, tapsOf(image.height, height, filter));
  return { width, height, channels, data: Uint8Array.from(both, (v) => Math.floor(v + 0.5)) };
}

/**
 * The middle of `image`, `width` x `height`.
 * @throws DatasetError when the image is smaller.
 */
export function centerCrop(image: Image, width: number, height: number): Image {
  const { channels, data } = image;
  const left = Math.floor((image.width - width) / 2);
  const top = Math.floor((image.height - height) / 2);
  if (left < 0 || top < 0) {
    throw new DatasetError(
      `crop ${width} x ${height}: the image is only ${image.width} x ${image.height}`,
    );
  }
  const cropped = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * image.width + left) * channels;
    cropped.set(data.subarray(start, start + width * channels), y * width * channels);
  }
  return { width, height, channels, data: cropped };
}

/**
 * Shrinks or grows `image` until it just covers `width` x `height`, keeping its proportions, and
 * cuts out the middle: how most classifiers see their pictures.
 */
export function cover(image: Image, width: number, height: number, method?: ResizeMethod): Image {
  const scale = Math.max(width / image.width, height / image.height);
  const fit = (side: number, least: number): number => Math.max(least, Math.round(side * scale));
  const resized = resize(image, fit(image.width, width), fit(image.height, height), method);
  return centerCrop(resized, width, height);
}
