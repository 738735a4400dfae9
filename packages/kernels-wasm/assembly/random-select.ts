// Random choices by a hash of seed and index; the same bits as the reference.
import { horizontalSum } from './lanes';
import { encode } from './quantize';

/** The coins of four elements; `always` is all ones where chance is 1. */
// @ts-ignore: decorator
@inline
export function coins(index: v128, limit: v128, always: v128): v128 {
  let h = i32x4.mul(v128.xor(index, i32x4.shr_u(index, 16)), i32x4.splat(0x21f0aaad));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 15)), i32x4.splat(0x735a2d97));
  h = v128.xor(h, i32x4.shr_u(h, 15));
  // Unsigned comparison as a signed one of numbers with the top bit flipped.
  return v128.or(i32x4.lt_s(v128.xor(h, i32x4.splat(<i32>0x80000000)), limit), always);
}

// @ts-ignore: decorator
@inline
export function firstIndex(first: i32): v128 { return i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(first)); }

/** `first` is the index of the first element plus the seed's share of the hash. */
export function randomSelect(
  a: usize, b: usize, y: usize, n: i32, first: i32, threshold: u32, always: i32,
): void {
  let index = firstIndex(first);
  const limit = i32x4.splat(threshold ^ 0x80000000), every = i32x4.splat(always);
  for (let at: usize = 0; at < <usize>n << 2; at += 16) {
    const mask = coins(index, limit, every);
    v128.store(y + at, v128.bitselect(v128.load(a + at), v128.load(b + at), mask));
    index = i32x4.add(index, i32x4.splat(4));
  }
}

export function fakeQuantizeDrop(
  x: usize, y: usize, n: i32, first: i32, threshold: u32, always: i32,
  scales: usize, zeros: usize, minimum: f32, maximum: f32,
): void {
  let index = firstIndex(first);
  const limit = i32x4.splat(threshold ^ 0x80000000), every = i32x4.splat(always);
  const scale = v128.load32_splat(scales), zero = v128.load32_splat(zeros);
  const low = f32x4.splat(minimum), high = f32x4.splat(maximum);
  for (let at: usize = 0; at < <usize>n << 2; at += 16) {
    const value = v128.load(x + at);
    const onGrid = f32x4.mul(f32x4.sub(encode(value, scale, zero, low, high), zero), scale);
    v128.store(y + at, v128.bitselect(onGrid, value, coins(index, limit, every)));
    index = i32x4.add(index, i32x4.splat(4));
  }
}

export function fakeQuantizeDropGradient(
  x: usize, g: usize, y: usize, n: i32, first: i32, threshold: u32, always: i32,
  scales: usize, zeros: usize, minimum: f32, maximum: f32,
): void {
  let index = firstIndex(first);
  const limit = i32x4.splat(threshold ^ 0x80000000), every = i32x4.splat(always);
  const scale = v128.load32_splat(scales), zero = v128.load32_splat(zeros);
  const low = f32x4.splat(minimum), high = f32x4.splat(maximum);
  for (let at: usize = 0; at < <usize>n << 2; at += 16) {
    const code = f32x4.add(f32x4.nearest(f32x4.div(v128.load(x + at), scale)), zero);
    const inside = v128.and(f32x4.ge(code, low), f32x4.le(code, high));
    const passed = v128.or(inside, v128.not(coins(index, limit, every)));
    v128.store(y + at, v128.and(passed, v128.load(g + at)));
    index = i32x4.add(index, i32x4.splat(4));
  }
}

/** One sum per 1024 elements, so that sums do not depend on how the elements are shared out. */
export function fakeQuantizeDropSlopes(
  x: usize, g: usize, sums: usize, n: i32, first: i32, threshold: u32, always: i32,
  scales: usize, zeros: usize, minimum: f32, maximum: f32,
): void {
  let index = firstIndex(first);
  const limit = i32x4.splat(threshold ^ 0x80000000), every = i32x4.splat(always);
  const scale = v128.load32_splat(scales), zero = v128.load32_splat(zeros);
  const low = f32x4.splat(minimum), high = f32x4.splat(maximum);
  const below = f32x4.sub(low, zero), above = f32x4.sub(high, zero);
  for (let done = 0; done < n; done += 1024) {
    let sum = f32x4.splat(0);
    const end = min(n - done, 1024);
    for (let i = 0; i < end; i += 4) {
      const at = <usize>(done + i) << 2;
      const ratio = f32x4.div(v128.load(x + at), scale);
      const rounded = f32x4.nearest(ratio);
      const code = f32x4.add(rounded, zero);
      const inside = v128.bitselect(f32x4.sub(rounded, ratio), below, f32x4.ge(code, low));
      const slope = v128.bitselect(above, inside, f32x4.gt(code, high));
      let counted = v128.and(f32x4.mul(v128.load(g + at), slope), coins(index, limit, every));
      if (end - i < 4) counted = v128.and(counted, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(end - i)));
      sum = f32x4.add(sum, counted);
      index = i32x4.add(index, i32x4.splat(4));
    }
    store<f32>(sums, horizontalSum(sum));
    sums += 4;
  }
}
