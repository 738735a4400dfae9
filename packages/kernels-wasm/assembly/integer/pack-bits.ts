// Bit planes of images and weights. The bits of 32 channels of a pixel are a word; a word has a neighbour for each plane.
import { weightSums } from './prepare';

// @ts-ignore: decorator
@inline
export function wordsOf(channels: i32): i32 {
  return channels + 31 >> 5;
}

/** Words with the bits of `count` channels of one pixel at `from`, a plane for each bit of what a code has above `lowest`. */
// @ts-ignore: decorator
@inline
export function packPixel(from: usize, to: usize, count: i32, planes: i32, lowest: v128): void {
  for (let c = 0; c < count; c += 32) {
    const left = i8x16.sub(v128.load(from + <usize>c), lowest);
    const right = c + 16 < count ? i8x16.sub(v128.load(from + <usize>c, 16), lowest) : i32x4.splat(0);
    const mask = count - c >= 32 ? -1 : (1 << (count - c)) - 1;
    for (let k = 0; k < planes; k++) {
      const bits = i8x16.bitmask(i16x8.shl(left, 7 - k)) | i8x16.bitmask(i16x8.shl(right, 7 - k)) << 16;
      store<i32>(to, bits & mask);
      to += 4;
    }
  }
}

/** Zeros and signs of codes around the code of zero. */
// @ts-ignore: decorator
@inline
export function packTernaryPixel(from: usize, to: usize, count: i32, zero: v128): void {
  for (let c = 0; c < count; c += 32) {
    const none = i32x4.splat(0);
    const left = i8x16.sub(v128.load(from + <usize>c), zero);
    const right = c + 16 < count ? i8x16.sub(v128.load(from + <usize>c, 16), zero) : none;
    store<i32>(to, i8x16.bitmask(i8x16.eq(left, none)) | i8x16.bitmask(i8x16.eq(right, none)) << 16);
    store<i32>(to, i8x16.bitmask(i8x16.gt_s(left, none)) | i8x16.bitmask(i8x16.gt_s(right, none)) << 16, 4);
    to += 8;
  }
}

/**
 * Planes of the lines `first` to `end` of an image inside its border, whose code is `zero`: `planes` bits of what each
 * int8 or uint8 code has above `lowest`, or zeros and signs around `zero` (`planes` 0). Groups have words of their own. `pattern`
 * has room for the words of a pixel.
 */
export function packImageBits(
  from: usize, to: usize, height: i32, width: i32, channels: i32, groups: i32,
  top: i32, left: i32, right: i32, zero: i32, lowest: i32, planes: i32, first: i32, end: i32, pattern: usize,
): void {
  const own = channels / groups;
  const group = <usize>wordsOf(own) * <usize>(planes == 0 ? 2 : planes) << 2;
  const pixel = group * <usize>groups;
  const line = pixel * <usize>(left + width + right);
  // Every channel of a pixel of the border has the code of zero.
  for (let i = 0; i < channels; i++) store<u8>(pattern + pixel + <usize>i, <u8>zero);
  const zeros = i8x16.splat(<i8>zero), lowests = i8x16.splat(<i8>lowest);
  for (let g: usize = 0; g < <usize>groups; g++) {
    if (planes == 0) packTernaryPixel(pattern + pixel, pattern + g * group, own, zeros);
    else packPixel(pattern + pixel, pattern + g * group, own, planes, lowests);
  }
  for (let y = first; y < end; y++) {
    let at = to + <usize>y * line;
    const inside = y >= top && y < top + height;
    let source = from + <usize>(y - top) * <usize>width * <usize>channels;
    for (let x = 0; x < left + width + right; x++) {
      if (!inside || x < left || x >= left + width) memory.copy(at, pattern, pixel);
      else {
        for (let g: usize = 0; g < <usize>groups; g++) {
          const place = source + g * <usize>own;
          if (planes == 0) packTernaryPixel(place, at + g * group, own, zeros);
          else packPixel(place, at + g * group, own, planes, lowests);
        }
        source += <usize>channels;
      }
      at += pixel;
    }
  }
}

/**
 * Planes of int8 weights `[outputs, channels, taps]` in panels of eight outputs (see bit-product.ts): `planes` bits of what
 * a weight has above `lowest`, divided by `step`; or zeros and inverted signs (`planes` 0), zeros where there is no weight.
 * Writes the sum of each output's weights to `sums`, all in whole panels.
 */
export function packWeightBits(
  from: usize, to: usize, outputs: i32, channels: i32, taps: i32, planes: i32, lowest: i32, step: i32, sums: usize,
): void {
  const words = wordsOf(channels);
  const ternary = planes == 0;
  const passes = ternary ? 1 : planes;
  for (let first = 0; first < outputs; first += 8) {
    for (let plane = 0; plane < passes; plane++) {
      for (let half = first; half < first + 8; half += 4) {
        for (let tap = 0; tap < taps; tap++) {
          for (let word = 0; word < words; word++) {
            for (let o = half; o < half + 4; o++) {
              let bits = 0, signs = 0;
              for (let i = 0; i < 32; i++) {
                const c = word * 32 + i;
                const there = o < outputs && c < channels;
                const value = there ? <i32>load<i8>(from + <usize>((o * channels + c) * taps + tap)) : 0;
                if (ternary) {
                  bits |= i32(value == 0) << i;
                  signs |= i32(value <= 0) << i;
                } else if (there) bits |= ((value - lowest) / step >> plane & 1) << i;
              }
              store<i32>(to, bits);
              if (ternary) store<i32>(to, signs, 16);
              to += 4;
            }
            if (ternary) to += 16;
          }
        }
      }
    }
  }
  weightSums(from, outputs, channels * taps, sums);
}
