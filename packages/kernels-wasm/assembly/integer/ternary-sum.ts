import { carryOf, doubleAdd, laneSums, sumOf } from './carry-save';

/** Steps after which counts might not fit in a byte. */
const MOST: i32 = 120;

/** Products of zero: where one of the two is. */
// @ts-ignore: decorator
@inline
export function zeros(x: usize, w: usize): v128 {
  return v128.or(v128.load32_splat(x), v128.load(w));
}

/** Products of 1: where the signs agree and nothing is zero. */
// @ts-ignore: decorator
@inline
export function positive(x: usize, w: usize, zero: v128): v128 {
  return v128.andnot(v128.xor(v128.load32_splat(x, 4), v128.load(w, 16)), zero);
}

/**
 * Sums of the products of -1, 0 and 1 of a pixel with each of four channels: `steps` pairs of words, zeros and signs,
 * from `x` on; as many pairs of vectors from `w` on, zeros and inverted signs. A product is twice its being 1, plus its being 0, less 1
 * (RTN, arXiv 1912.02057, section 3.4, with the masks inverted so that both counts are added).
 */
// @ts-ignore: decorator
@inline
export function ternarySum(x: usize, w: usize, steps: i32): v128 {
  let sums = i32x4.splat(-32 * steps);
  while (steps > 0) {
    const part = min(steps, MOST);
    steps -= part;
    let ones = i32x4.splat(0), twos = ones, fours = ones, eights = ones, total = ones;
    for (let i = part >> 2; i > 0; i--) {
      let z = zeros(x, w), p = positive(x, w, z);
      let y = zeros(x + 8, w + 32), q = positive(x + 8, w + 32, y);
      const twosA = carryOf(z, y, ones);
      ones = sumOf(z, y, ones);
      const foursA = carryOf(p, q, twos);
      twos = sumOf(p, q, twos);
      z = zeros(x + 16, w + 64); p = positive(x + 16, w + 64, z);
      y = zeros(x + 24, w + 96); q = positive(x + 24, w + 96, y);
      const twosB = carryOf(z, y, ones);
      ones = sumOf(z, y, ones);
      const foursB = carryOf(p, q, twos);
      twos = sumOf(p, q, twos);
      const foursC = carryOf(twosA, twosB, twos);
      twos = sumOf(twosA, twosB, twos);
      // Four numbers of weight 4: two of weight 8 and one that stays.
      const eightsA = carryOf(foursA, foursB, fours);
      fours = sumOf(foursA, foursB, fours);
      const eightsB = v128.and(fours, foursC);
      fours = v128.xor(fours, foursC);
      total = i8x16.add(total, i8x16.popcnt(carryOf(eightsA, eightsB, eights)));
      eights = sumOf(eightsA, eightsB, eights);
      x += 32; w += 128;
    }
    let second = i8x16.popcnt(twos), first = i8x16.popcnt(ones);
    for (let i = part & 3; i > 0; i--) {
      const z = zeros(x, w);
      second = i8x16.add(second, i8x16.popcnt(positive(x, w, z)));
      first = i8x16.add(first, i8x16.popcnt(z));
      x += 8; w += 32;
    }
    const low = doubleAdd(doubleAdd(doubleAdd(i8x16.popcnt(eights), i8x16.popcnt(fours)), second), first);
    sums = i32x4.add(sums, laneSums(low, total, 4));
  }
  return sums;
}
