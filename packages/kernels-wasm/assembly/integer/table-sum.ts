// Sums of products of few bits by tables (T-MAC, arXiv 2407.00088, section 3): the bits that four weights have in one plane are
// the index into the 16 sums that four operands can have. Sums are bytes, so operands are digits of at most five bits.
import { addSums } from './narrow-sum';

// @ts-ignore: decorator
@inline
export function lookUp(table: usize, at: usize, index: v128): v128 {
  const sums = v128.load(table + at);
  return ASC_FEATURE_RELAXED_SIMD ? i8x16.relaxed_swizzle(sums, index) : i8x16.swizzle(sums, index);
}

// @ts-ignore: decorator
@inline
export function both(table: usize, low: v128, high: v128): v128 {
  return i8x16.add(lookUp(table, 0, low), lookUp(table, 16, high));
}

/** Sums of the first four bytes of `x` whose bit an entry's place has. */
// @ts-ignore: decorator
@inline
export function tableOf(x: v128): v128 {
  const low = i8x16.add(
    i8x16.swizzle(x, i8x16(16, 0, 16, 0, 16, 0, 16, 0, 16, 0, 16, 0, 16, 0, 16, 0)),
    i8x16.swizzle(x, i8x16(16, 16, 1, 1, 16, 16, 1, 1, 16, 16, 1, 1, 16, 16, 1, 1)),
  );
  const high = i8x16.add(
    i8x16.swizzle(x, i8x16(16, 16, 16, 16, 2, 2, 2, 2, 16, 16, 16, 16, 2, 2, 2, 2)),
    i8x16.swizzle(x, i8x16(16, 16, 16, 16, 16, 16, 16, 16, 3, 3, 3, 3, 3, 3, 3, 3)),
  );
  return i8x16.add(low, high);
}

/** The tables of the first four and of the next four operands in `x`. */
export function storeTables(to: usize, x: v128): void {
  v128.store(to, tableOf(x));
  v128.store(to, tableOf(i64x2.shr_u(x, 32)), 16);
}

/** Pairs of tables whose sums fit in 16 bits: eight times 31 each. */
const MOST_PAIRS: i32 = 256;

// @ts-ignore: decorator
@inline
export function addBoth(sums: usize, even: v128, odd: v128, factor: i32): void {
  addSums(sums, i16x8.sub(even, i16x8.shl(odd, 8)), odd, factor);
}

/**
 * Adds `factor` times the sums of four pixels and 16 channels to `sums`. The tables of a pixel are runs of `pairs` pairs, which begin
 * `offsets` (int32 each) behind it; `w` has 16 bytes of two indices for each pair. Sums of `most` pairs fit in bytes.
 */
export function tableSums4(
  p0: usize, p1: usize, p2: usize, p3: usize, offsets: usize, runs: i32, pairs: i32, w: usize, most: i32, factor: i32, sums: usize,
): void {
  const zero = i32x4.splat(0), nibble = i8x16.splat(15);
  // Even channels, to which odd ones add multiples of 256 that are taken away at the end, and odd ones.
  let e0 = zero, e1 = zero, e2 = zero, e3 = zero, o0 = zero, o1 = zero, o2 = zero, o3 = zero;
  let room = MOST_PAIRS;
  for (let run = 0; run < runs; run++) {
    const offset = load<usize>(offsets + (<usize>run << 2));
    let t0 = p0 + offset, t1 = p1 + offset, t2 = p2 + offset, t3 = p3 + offset;
    for (let left = pairs; left > 0; left -= most) {
      const part = min(left, most);
      if (part > room) {
        addBoth(sums, e0, o0, factor); addBoth(sums + 32, e1, o1, factor);
        addBoth(sums + 64, e2, o2, factor); addBoth(sums + 96, e3, o3, factor);
        e0 = zero; e1 = zero; e2 = zero; e3 = zero; o0 = zero; o1 = zero; o2 = zero; o3 = zero;
        room = MOST_PAIRS;
      }
      room -= part;
      let a0 = zero, a1 = zero, a2 = zero, a3 = zero;
      for (const end = w + (<usize>part << 4); w < end; w += 16) {
        const index = v128.load(w);
        const low = v128.and(index, nibble), high = v128.and(i16x8.shr_u(index, 4), nibble);
        a0 = i8x16.add(a0, both(t0, low, high)); a1 = i8x16.add(a1, both(t1, low, high));
        a2 = i8x16.add(a2, both(t2, low, high)); a3 = i8x16.add(a3, both(t3, low, high));
        t0 += 32; t1 += 32; t2 += 32; t3 += 32;
      }
      e0 = i16x8.add(e0, a0); o0 = i16x8.add(o0, i16x8.shr_u(a0, 8));
      e1 = i16x8.add(e1, a1); o1 = i16x8.add(o1, i16x8.shr_u(a1, 8));
      e2 = i16x8.add(e2, a2); o2 = i16x8.add(o2, i16x8.shr_u(a2, 8));
      e3 = i16x8.add(e3, a3); o3 = i16x8.add(o3, i16x8.shr_u(a3, 8));
    }
  }
  addBoth(sums, e0, o0, factor); addBoth(sums + 32, e1, o1, factor);
  addBoth(sums + 64, e2, o2, factor); addBoth(sums + 96, e3, o3, factor);
}

/** The same for one pixel. */
export function tableSums1(
  p: usize, offsets: usize, runs: i32, pairs: i32, w: usize, most: i32, factor: i32, sums: usize,
): void {
  const nibble = i8x16.splat(15), zero = i32x4.splat(0);
  let even = zero, odd = zero, room = MOST_PAIRS;
  for (let run = 0; run < runs; run++) {
    let t = p + load<usize>(offsets + (<usize>run << 2));
    for (let left = pairs; left > 0; left -= most) {
      const part = min(left, most);
      if (part > room) {
        addBoth(sums, even, odd, factor);
        even = zero; odd = zero; room = MOST_PAIRS;
      }
      room -= part;
      let a = zero, b = zero;
      for (const end = w + (<usize>part << 4); w < end; w += 16) {
        const index = v128.load(w);
        a = i8x16.add(a, lookUp(t, 0, v128.and(index, nibble)));
        b = i8x16.add(b, lookUp(t, 16, v128.and(i16x8.shr_u(index, 4), nibble)));
        t += 32;
      }
      a = i8x16.add(a, b);
      even = i16x8.add(even, a); odd = i16x8.add(odd, i16x8.shr_u(a, 8));
    }
  }
  addBoth(sums, even, odd, factor);
}
