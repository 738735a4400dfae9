// Depthwise convolutions of 3 x 3 with all nine taps in registers: forward, and both gradients. Rows
// are walked down four columns at a time, so that what one row loads serves three rows of results.
import { activate } from './activation';
import { multiplyAdd } from './fma';
import { storeLanes } from './lanes';

/** Whether a window's `offsets` are three runs of three, its rows `line` bytes apart. */
export function isThreeByThree(offsets: usize, taps: i32, line: i32): bool {
  if (taps != 9) return false;
  for (let i = 0; i < 9; i++) {
    if (load<i32>(offsets + (<usize>i << 2)) != (i / 3) * line + (i % 3 << 2)) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
export function row(sum: v128, a: v128, b: v128, c: v128, wa: v128, wb: v128, wc: v128): v128 {
  return multiplyAdd(c, wc, multiplyAdd(b, wb, multiplyAdd(a, wa, sum)));
}

/** Every second element from `at` on; `odd` those between, `next` the ones after the first. */
// @ts-ignore: decorator
@inline
export function even(at: usize): v128 { return v128.shuffle<i32>(v128.load(at), v128.load(at, 16), 0, 2, 4, 6); }
// @ts-ignore: decorator
@inline
export function odd(at: usize): v128 { return v128.shuffle<i32>(v128.load(at), v128.load(at, 16), 1, 3, 5, 7); }
// @ts-ignore: decorator
@inline
export function next(evens: v128, at: usize): v128 { return v128.shuffle<i32>(evens, v128.load32_zero(at, 32), 1, 2, 3, 4); }

/** One plane with stride 1 or 2, taps added in the order of the window, as the general kernel does. */
export function depthwisePlane(
  x: usize, line: usize, y: usize, rows: i32, columns: i32, stride: i32, weights: usize,
  start: v128, kind: i32, p: v128, q: v128,
): void {
  const w0 = v128.load32_splat(weights), w1 = v128.load32_splat(weights, 4), w2 = v128.load32_splat(weights, 8);
  const w3 = v128.load32_splat(weights, 12), w4 = v128.load32_splat(weights, 16), w5 = v128.load32_splat(weights, 20);
  const w6 = v128.load32_splat(weights, 24), w7 = v128.load32_splat(weights, 28), w8 = v128.load32_splat(weights, 32);
  const hop = <usize>columns << 2;
  for (let n = columns; n > 0; n -= 4) {
    let at = x, to = y;
    if (stride == 1) {
      let a = v128.load(at), b = v128.load(at, 4), c = v128.load(at, 8);
      let last = row(start, a, b, c, w0, w1, w2);
      at += line;
      a = v128.load(at); b = v128.load(at, 4); c = v128.load(at, 8);
      last = row(last, a, b, c, w3, w4, w5);
      let fresh = row(start, a, b, c, w0, w1, w2);
      for (let r = 0; r < rows; r++) {
        at += line;
        a = v128.load(at); b = v128.load(at, 4); c = v128.load(at, 8);
        storeLanes(to, activate(row(last, a, b, c, w6, w7, w8), kind, p, q), n);
        last = row(fresh, a, b, c, w3, w4, w5);
        fresh = row(start, a, b, c, w0, w1, w2);
        to += hop;
      }
      x += 16;
    } else {
      let a = even(at);
      let fresh = row(start, a, odd(at), next(a, at), w0, w1, w2);
      for (let r = 0; r < rows; r++) {
        at += line;
        a = even(at);
        fresh = row(fresh, a, odd(at), next(a, at), w3, w4, w5);
        at += line;
        a = even(at);
        const b = odd(at), c = next(a, at);
        storeLanes(to, activate(row(fresh, a, b, c, w6, w7, w8), kind, p, q), n);
        fresh = row(start, a, b, c, w0, w1, w2);
        to += hop;
      }
      x += 32;
    }
    y += 16;
  }
}

class Whole { @inline cut(v: v128, mask: v128): v128 { return v; } }
class Part { @inline cut(v: v128, mask: v128): v128 { return v128.and(v, mask); } }

/** The sums of the lanes of four vectors. */
// @ts-ignore: decorator
@inline
export function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

/** Adds what four columns of a plane of gradient say of the nine taps. */
function correlateColumns<C>(
  x: usize, line: usize, gradient: usize, hop: usize, rows: i32, stride: i32, mask: v128, to: usize,
): void {
  const zero = f32x4.splat(0);
  let s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero, s8 = zero;
  const cut = changetype<C>(0);
  if (stride == 1) {
    // A row meets the gradients of three: its own, the one before and the one before that.
    let own = zero, before = zero, first = zero;
    for (let r = -2; r < rows; r++) {
      first = before; before = own;
      own = zero;
      if (r + 2 < rows) {
        own = cut.cut(v128.load(gradient), mask);
        gradient += hop;
      }
      const a = cut.cut(v128.load(x), mask), b = cut.cut(v128.load(x, 4), mask), c = cut.cut(v128.load(x, 8), mask);
      s0 = multiplyAdd(a, own, s0); s1 = multiplyAdd(b, own, s1); s2 = multiplyAdd(c, own, s2);
      s3 = multiplyAdd(a, before, s3); s4 = multiplyAdd(b, before, s4); s5 = multiplyAdd(c, before, s5);
      s6 = multiplyAdd(a, first, s6); s7 = multiplyAdd(b, first, s7); s8 = multiplyAdd(c, first, s8);
      x += line;
    }
  } else {
    for (let r = 0; r < rows; r++) {
      const g = cut.cut(v128.load(gradient), mask);
      let e = even(x);
      s0 = multiplyAdd(cut.cut(e, mask), g, s0);
      s1 = multiplyAdd(cut.cut(odd(x), mask), g, s1);
      s2 = multiplyAdd(cut.cut(next(e, x), mask), g, s2);
      x += line;
      e = even(x);
      s3 = multiplyAdd(cut.cut(e, mask), g, s3);
      s4 = multiplyAdd(cut.cut(odd(x), mask), g, s4);
      s5 = multiplyAdd(cut.cut(next(e, x), mask), g, s5);
      x += line;
      e = even(x);
      s6 = multiplyAdd(cut.cut(e, mask), g, s6);
      s7 = multiplyAdd(cut.cut(odd(x), mask), g, s7);
      s8 = multiplyAdd(cut.cut(next(e, x), mask), g, s8);
      gradient += hop;
    }
  }
  v128.store(to, f32x4.add(v128.load(to), sums(s0, s1, s2, s3)));
  v128.store(to, f32x4.add(v128.load(to, 16), sums(s4, s5, s6, s7)), 16);
  store<f32>(to, load<f32>(to, 32) + f32x4.extract_lane(sums(s8, s8, s8, s8), 0), 32);
}

/** Adds the weight gradient of one plane with stride 1 or 2 to the nine values at `to`. */
export function depthwisePlaneWeightGradient(
  x: usize, line: usize, gradient: usize, rows: i32, columns: i32, stride: i32, to: usize,
): void {
  const hop = <usize>columns << 2;
  let n = columns;
  for (; n >= 4; n -= 4) {
    correlateColumns<Whole>(x, line, gradient, hop, rows, stride, f32x4.splat(0), to);
    x += <usize>stride << 4; gradient += 16;
  }
  // What lies behind the line may be anything, NaN too.
  const mask = i32x4.gt_s(i32x4.splat(n), i32x4(0, 1, 2, 3));
  if (n > 0) correlateColumns<Part>(x, line, gradient, hop, rows, stride, mask, to);
}

/** Columns of the image before the first pair: 0, so that pairs start with even ones, or 1. */
class Even {
  @inline low(evens: v128, odds: v128): v128 { return v128.shuffle<i32>(evens, odds, 0, 4, 1, 5); }
  @inline high(evens: v128, odds: v128): v128 { return v128.shuffle<i32>(evens, odds, 2, 6, 3, 7); }
  @inline single(left: v128, right: v128): v128 { return right; }
}
class Odd {
  @inline low(evens: v128, odds: v128): v128 { return v128.shuffle<i32>(odds, evens, 0, 4, 1, 5); }
  @inline high(evens: v128, odds: v128): v128 { return v128.shuffle<i32>(odds, evens, 2, 6, 3, 7); }
  @inline single(left: v128, right: v128): v128 { return left; }
}

/** One row of the image from the rows of gradient that reach it: two, or one when `b` is 0. */
function spreadRow<S>(a: usize, wa: usize, b: usize, wb: usize, y: usize, columns: i32): void {
  const side = changetype<S>(0);
  const a0 = v128.load32_splat(wa), a1 = v128.load32_splat(wa, 4), a2 = v128.load32_splat(wa, 8);
  const b0 = v128.load32_splat(wb), b1 = v128.load32_splat(wb, 4), b2 = v128.load32_splat(wb, 8);
  for (let n = columns; n > 0; n -= 8) {
    let left = v128.load(a), right = v128.load(a, 4);
    let evens = multiplyAdd(left, a2, f32x4.mul(right, a0));
    let odds = f32x4.mul(side.single(left, right), a1);
    if (b != 0) {
      left = v128.load(b); right = v128.load(b, 4);
      evens = multiplyAdd(left, b2, multiplyAdd(right, b0, evens));
      odds = multiplyAdd(side.single(left, right), b1, odds);
      b += 16;
    }
    storeLanes(y, side.low(evens, odds), n);
    if (n > 4) storeLanes(y + 16, side.high(evens, odds), n - 4);
    a += 16; y += 32;
  }
}

/**
 * Input gradient of one image of a depthwise 3 x 3 convolution with stride 2: `planes` planes of
 * gradient, `plane` bytes apart, with a row and a column of zeros before them, to planes `height` x
 * `width` that the convolution padded by `top` and `left`, at most 2.
 */
export function depthwiseInputGradient(
  gradient: usize, plane: usize, line: usize, planes: i32, weights: usize,
  y: usize, height: i32, width: i32, top: i32, left: i32,
): void {
  for (let c = 0; c < planes; c++) {
    // With `left` 1 the pairs start one column further, so that the element before is their left one.
    const base = gradient + (<usize>((left + 1) >> 1) << 2);
    for (let i = 0; i < height; i++) {
      const place = i + top;
      const b = base + <usize>(place >> 1) * line;
      const a = b + line;
      if (place & 1) {
        if (left & 1) spreadRow<Odd>(a, weights + 12, 0, weights, y, width);
        else spreadRow<Even>(a, weights + 12, 0, weights, y, width);
      } else if (left & 1) spreadRow<Odd>(a, weights, b, weights + 24, y, width);
      else spreadRow<Even>(a, weights, b, weights + 24, y, width);
      y += <usize>width << 2;
    }
    gradient += plane; weights += 36;
  }
}
