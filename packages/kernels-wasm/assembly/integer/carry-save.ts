// Counting bits of many vectors: full adders sort them by weight first (Harley and Seal; Muła, Kurz and Lemire 2018,
// "Faster population counts using AVX2 instructions", section 3), so that one population count does for eight.

/** The bits that one of `a`, `b` and `c` or all three have. */
// @ts-ignore: decorator
@inline
export function sumOf(a: v128, b: v128, c: v128): v128 {
  return v128.xor(v128.xor(a, b), c);
}

/** The bits that two or three of `a`, `b` and `c` have. */
// @ts-ignore: decorator
@inline
export function carryOf(a: v128, b: v128, c: v128): v128 {
  return v128.bitselect(c, a, v128.xor(a, b));
}

/** `twice + twice + once`, byte by byte. */
// @ts-ignore: decorator
@inline
export function doubleAdd(twice: v128, once: v128): v128 {
  return i8x16.add(i8x16.add(twice, twice), once);
}

/** Sums of the bytes of each 32-bit lane of `low` and, moved up by `places` bits, of `high`. */
// @ts-ignore: decorator
@inline
export function laneSums(low: v128, high: v128, places: i32): v128 {
  return i32x4.extadd_pairwise_i16x8_s(
    i16x8.add(i16x8.extadd_pairwise_i8x16_u(low), i16x8.shl(i16x8.extadd_pairwise_i8x16_u(high), places)),
  );
}
