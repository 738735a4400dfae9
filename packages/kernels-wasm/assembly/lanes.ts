// Small helpers on the lanes of a vector.

/** Sum of the four lanes. */
// @ts-ignore: decorator
@inline
export function horizontalSum(v: v128): f32 {
  const pair = f32x4.add(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1);
}

/** Stores the first `count` lanes, 1 to 4. */
// @ts-ignore: decorator
@inline
export function storeLanes(to: usize, v: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, v);
    return;
  }
  if (count & 2) {
    v128.store64_lane(to, v, 0);
    if (count & 1) v128.store32_lane(to, v, 2, 8);
  } else v128.store32_lane(to, v, 0);
}
