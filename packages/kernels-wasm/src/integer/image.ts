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
  /** Address of image `n`, padded. */
  prepare(part: Engine, n: number, buffer: number): number;
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
  const sizes = [height, width, channels, top, left, bottom, right] as const;
  if (bytes === 1) {
    const moved = signed ? zero : zero - 128;
    const asItIs = signed && padding.every((amount) => amount === 0);
    return {
      ...{ pixel, line, zero: moved },
      bufferBytes: asItIs ? 0 : (top + height + bottom) * line,
      prepare: (part, n, buffer) => {
        if (asItIs) return source + n * each;
        part.wasm.padBytes(source + n * each, buffer, ...sizes, moved, signed ? 0 : 128);
        return buffer;
      },
    };
  }
  return {
    ...{ pixel, line, zero },
    bufferBytes: (top + height + bottom) * line,
    prepare: (part, n, buffer) => {
      part.wasm.padWords(source + n * each, buffer, ...sizes, zero, signed ? 1 : 0, extra);
      return buffer;
    },
  };
}
