// How one step of a sum multiplies: both forms take 4 bytes of each pixel and 32 bytes of weights
// (8 channels), so that one loop does for both.

/** Four int8 activations with four weights of 7 bits without sign: the engine may not choose the result. */
export class Bytes {
  // @ts-ignore: decorator
  @inline add(sum: v128, x: v128, w: v128): v128 {
    if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(x, w, sum);
    return unreachable();
  }
}

/** Two int16 activations with two int16 weights. */
export class Words {
  // @ts-ignore: decorator
  @inline add(sum: v128, x: v128, w: v128): v128 {
    return i32x4.add(sum, i32x4.dot_i16x8_s(x, w));
  }
}

/** The dot product of four equal bytes in each word with those of the other: what this engine makes of a set top bit. */
export function dotOf(x: i32, w: i32): i32 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    const sum = i32x4.relaxed_dot_i8x16_i7x16_add_s(i32x4.splat(x), i32x4.splat(w), i32x4.splat(0));
    return i32x4.extract_lane(sum, 0);
  }
  return unreachable();
}
