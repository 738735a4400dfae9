import { carryOf, doubleAdd, laneSums, sumOf } from './carry-save';

/** Steps after which counts might not fit in a byte. */
const MOST: i32 = 240;

/** 32 operands of a pixel, one bit each, with those of four channels. */
// @ts-ignore: decorator
@inline
export function both(x: usize, w: usize): v128 {
  return v128.and(v128.load32_splat(x), v128.load(w));
}

/**
 * How many bits a pixel and each of four channels share: `steps` words, `stride` bytes apart, from `x` on, and
 * vectors of a word for each channel from `w` on.
 */
// @ts-ignore: decorator
@inline
export function sharedBits(x: usize, stride: usize, w: usize, steps: i32): v128 {
  let sums = i32x4.splat(0);
  while (steps > 0) {
    const part = min(steps, MOST);
    steps -= part;
    let ones = i32x4.splat(0), twos = ones, fours = ones, total = ones;
    for (let i = part >> 3; i > 0; i--) {
      const x4 = x + (stride << 2);
      let a = both(x, w), b = both(x + stride, w + 16);
      let twosA = carryOf(a, b, ones);
      ones = sumOf(a, b, ones);
      a = both(x + (stride << 1), w + 32); b = both(x + stride * 3, w + 48);
      let twosB = carryOf(a, b, ones);
      ones = sumOf(a, b, ones);
      const foursA = carryOf(twosA, twosB, twos);
      twos = sumOf(twosA, twosB, twos);
      a = both(x4, w + 64); b = both(x4 + stride, w + 80);
      twosA = carryOf(a, b, ones);
      ones = sumOf(a, b, ones);
      a = both(x4 + (stride << 1), w + 96); b = both(x4 + stride * 3, w + 112);
      twosB = carryOf(a, b, ones);
      ones = sumOf(a, b, ones);
      const foursB = carryOf(twosA, twosB, twos);
      twos = sumOf(twosA, twosB, twos);
      total = i8x16.add(total, i8x16.popcnt(carryOf(foursA, foursB, fours)));
      fours = sumOf(foursA, foursB, fours);
      x += stride << 3; w += 128;
    }
    let low = i8x16.popcnt(fours), second = i32x4.splat(0), first = second;
    if (part & 4) {
      let a = both(x, w), b = both(x + stride, w + 16);
      const twosA = carryOf(a, b, ones);
      ones = sumOf(a, b, ones);
      a = both(x + (stride << 1), w + 32); b = both(x + stride * 3, w + 48);
      const twosB = carryOf(a, b, ones);
      ones = sumOf(a, b, ones);
      low = i8x16.add(low, i8x16.popcnt(carryOf(twosA, twosB, twos)));
      twos = sumOf(twosA, twosB, twos);
      x += stride << 2; w += 64;
    }
    if (part & 2) {
      const a = both(x, w), b = both(x + stride, w + 16);
      second = i8x16.popcnt(carryOf(a, b, ones));
      ones = sumOf(a, b, ones);
      x += stride << 1; w += 32;
    }
    if (part & 1) {
      first = i8x16.popcnt(both(x, w));
      x += stride; w += 16;
    }
    low = doubleAdd(low, i8x16.add(second, i8x16.popcnt(twos)));
    low = doubleAdd(low, i8x16.add(first, i8x16.popcnt(ones)));
    sums = i32x4.add(sums, laneSums(low, total, 3));
  }
  return sums;
}
