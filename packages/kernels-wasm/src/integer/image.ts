import type { Tensor } from '@subbyte/tensor';
import type { Engine } from '../engine.ts';

/** Images `[height, width, channels]` of codes with what surrounds them. */
export interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Top, left, bottom, right. */
  readonly padding: readonly [number, number, number, number];
  /** Filled with this code. */
  readonly zero: number;
}

/** How padded images lie, and how to make them. */
export interface PaddedImages {
  /** Bytes of a pixel. */
  readonly pixel: number;
  /** Bytes of a line. */
  readonly line: number;
  /** Code of zero in the padded image. */
  readonly zero: number;
  /** Bytes of the buffer that `prepare` wants; 0: images are taken as they are. */
  readonly bufferBytes: number;
  /**
   * Address of image `n`, padded; of the padded image's lines from `first` to `end` alone where that is given,
   * which need their part of the buffer.
   */
  prepare(part: Engine, n: number, buffer: number, first?: number, end?: number): number;
}

/**
 * Images of `x` as products want them: int8 (uint8 codes are moved down by 128), or the codes in int16
 * with `extra` channels at each pixel.
 */
export function paddedImages(
  engine: Engine,
  x: Tensor,
  image: Image,
  bytes: 1 | 2,
  extra = 0,
): PaddedImages {
  const { height, width, channels, padding, zero } = image;
  const [top, left, bottom, right] = padding;
  const source = engine.address(x);
  const each = height * width * channels;
  const pixel = (channels + extra) * bytes;
  const line = (left + width + right) * pixel;
  const signed = x.dtype === 'int8';
  const all = top + height + bottom;
  const asItIs = bytes === 1 && signed && padding.every((amount) => amount === 0);
  const moved = bytes === 2 || signed ? zero : zero - 128;
  return {
    ...{ pixel, line, zero: moved },
    bufferBytes: asItIs ? 0 : all * line,
    prepare: (part, n, buffer, first = 0, end = all) => {
      if (asItIs) return source + n * each + first * line;
      const inside = (at: number): number => Math.min(Math.max(at - top, 0), height);
      const [start, stop] = [inside(first), inside(end)];
      const above = Math.min(Math.max(top - first, 0), end - first);
      const below = end - first - above - (stop - start);
      const from = source + n * each + start * width * channels;
      const sizes = [stop - start, width, channels, above, left, below, right] as const;
      if (bytes === 1) part.wasm.padBytes(from, buffer, ...sizes, moved, signed ? 0 : 128);
      else part.wasm.padWords(from, buffer, ...sizes, zero, signed ? 1 : 0, extra);
      return buffer;
    },
  };
}
