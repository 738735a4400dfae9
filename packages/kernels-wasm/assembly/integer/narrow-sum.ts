/** Bytes between the sums of the first and of the last eight channels of a panel: four pixels each. */
export const HALF: usize = 128;

// @ts-ignore: decorator
@inline
export function addTo(at: usize, more: v128): void {
  v128.store(at, i32x4.add(v128.load(at), more));
}

/** Adds `factor` times 16 sums of 16 bits without sign to those of one pixel. */
export function addSums(sums: usize, left: v128, right: v128, factor: i32): void {
  const by = i32x4.splat(factor);
  addTo(sums, i32x4.mul(i32x4.extend_low_i16x8_u(left), by));
  addTo(sums + 16, i32x4.mul(i32x4.extend_high_i16x8_u(left), by));
  addTo(sums + HALF, i32x4.mul(i32x4.extend_low_i16x8_u(right), by));
  addTo(sums + HALF + 16, i32x4.mul(i32x4.extend_high_i16x8_u(right), by));
}
