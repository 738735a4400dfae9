// Comparisons of two lists of floats to bytes, and the choice that a list of bytes makes.
import { storeLanes } from './lanes';

class Equal { @inline apply(a: v128, b: v128): v128 { return f32x4.eq(a, b); } }
class Less { @inline apply(a: v128, b: v128): v128 { return f32x4.lt(a, b); } }
class LessOrEqual { @inline apply(a: v128, b: v128): v128 { return f32x4.le(a, b); } }

/** Allocations have 32 bytes to spare, so the last 4 bytes are written whole. */
function map<F>(a: usize, b: usize, y: usize, n: i32): void {
  const end = y + <usize>n;
  for (; y < end; y += 4) {
    const mask = v128.and(changetype<F>(0).apply(v128.load(a), v128.load(b)), i32x4.splat(1));
    v128.store32_lane(y, v128.swizzle(mask, i8x16(0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), 0);
    a += 16; b += 16;
  }
}

export function equal(a: usize, b: usize, y: usize, n: i32): void { map<Equal>(a, b, y, n); }
export function less(a: usize, b: usize, y: usize, n: i32): void { map<Less>(a, b, y, n); }
export function lessOrEqual(a: usize, b: usize, y: usize, n: i32): void { map<LessOrEqual>(a, b, y, n); }

/** `condition ? a : b` for elements of 4 bytes. */
export function choose(condition: usize, a: usize, b: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const bytes = v128.load32_zero(condition);
    const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes));
    const mask = i32x4.ne(wide, i32x4.splat(0));
    storeLanes(y, v128.bitselect(v128.load(a), v128.load(b), mask), n - i);
    condition += 4; a += 16; b += 16; y += 16;
  }
}
