// Gradient of a convolution with respect to its weights. For each group it is the product of the
// elements under the window, [taps, pixels], with the gradient, [pixels, outputs]. The gradient is
// packed to panels of 8 outputs; the taps are read where they lie, so no image becomes columns.
import { depthwisePlaneWeightGradient, isThreeByThree } from './depthwise';
import { multiplyAdd } from './fma';
import { horizontalSum } from './lanes';
import { Every, Second, Strided } from './window';

/** Four rows of `count` elements, `stride` bytes apart, to columns 32 bytes apart; missing rows are 0. */
function packHalf(from: usize, stride: usize, valid: i32, count: i32, to: usize): void {
  const mask = i32x4.gt_s(i32x4.splat(valid), i32x4(0, 1, 2, 3));
  const r0 = from;
  const r1 = valid > 1 ? r0 + stride : r0;
  const r2 = valid > 2 ? r0 + 2 * stride : r0;
  const r3 = valid > 3 ? r0 + 3 * stride : r0;
  let at: usize = 0;
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const x0 = v128.load(r0 + at), x1 = v128.load(r1 + at), x2 = v128.load(r2 + at), x3 = v128.load(r3 + at);
    const y0 = v128.shuffle<i32>(x0, x1, 0, 4, 1, 5), y1 = v128.shuffle<i32>(x0, x1, 2, 6, 3, 7);
    const y2 = v128.shuffle<i32>(x2, x3, 0, 4, 1, 5), y3 = v128.shuffle<i32>(x2, x3, 2, 6, 3, 7);
    v128.store(to, v128.and(mask, v128.shuffle<i64>(y0, y2, 0, 2)));
    v128.store(to, v128.and(mask, v128.shuffle<i64>(y0, y2, 1, 3)), 32);
    v128.store(to, v128.and(mask, v128.shuffle<i64>(y1, y3, 0, 2)), 64);
    v128.store(to, v128.and(mask, v128.shuffle<i64>(y1, y3, 1, 3)), 96);
    to += 128; at += 16;
  }
  for (; i < count; i++) {
    const v = f32x4(load<f32>(r0 + at), load<f32>(r1 + at), load<f32>(r2 + at), load<f32>(r3 + at));
    v128.store(to, v128.and(mask, v));
    to += 32; at += 4;
  }
}

/** Neighbouring pixels are neighbours in memory. */
class Dense {
  @inline next(at: usize, step: usize): v128 { return v128.load32_splat(at, 4); }
  @inline hop(step: usize): usize { return 8; }
}
/** Neighbouring pixels are `step` bytes apart. */
class Sparse {
  @inline next(at: usize, step: usize): v128 { return v128.load32_splat(at + step); }
  @inline hop(step: usize): usize { return step << 1; }
}

/** Adds the products of four taps with a panel of 8 outputs to 4 rows at `to`. */
function tile<S>(
  p0: usize, p1: usize, p2: usize, p3: usize, images: i32, imageGap: usize, rows: i32, rowGap: usize,
  columns: i32, step: usize, b: usize, to: usize, stride: usize,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  const hop = changetype<S>(0).hop(step);
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      const pairs = b + (<usize>(columns & ~1) << 5);
      while (b < pairs) {
        let b0 = v128.load(b), b1 = v128.load(b, 16);
        let x = v128.load32_splat(p0);
        c00 = multiplyAdd(x, b0, c00); c01 = multiplyAdd(x, b1, c01);
        x = v128.load32_splat(p1);
        c10 = multiplyAdd(x, b0, c10); c11 = multiplyAdd(x, b1, c11);
        x = v128.load32_splat(p2);
        c20 = multiplyAdd(x, b0, c20); c21 = multiplyAdd(x, b1, c21);
        x = v128.load32_splat(p3);
        c30 = multiplyAdd(x, b0, c30); c31 = multiplyAdd(x, b1, c31);
        b0 = v128.load(b, 32); b1 = v128.load(b, 48);
        x = changetype<S>(0).next(p0, step);
        c00 = multiplyAdd(x, b0, c00); c01 = multiplyAdd(x, b1, c01);
        x = changetype<S>(0).next(p1, step);
        c10 = multiplyAdd(x, b0, c10); c11 = multiplyAdd(x, b1, c11);
        x = changetype<S>(0).next(p2, step);
        c20 = multiplyAdd(x, b0, c20); c21 = multiplyAdd(x, b1, c21);
        x = changetype<S>(0).next(p3, step);
        c30 = multiplyAdd(x, b0, c30); c31 = multiplyAdd(x, b1, c31);
        p0 += hop; p1 += hop; p2 += hop; p3 += hop;
        b += 64;
      }
      if (columns & 1) {
        const b0 = v128.load(b), b1 = v128.load(b, 16);
        let x = v128.load32_splat(p0);
        c00 = multiplyAdd(x, b0, c00); c01 = multiplyAdd(x, b1, c01);
        x = v128.load32_splat(p1);
        c10 = multiplyAdd(x, b0, c10); c11 = multiplyAdd(x, b1, c11);
        x = v128.load32_splat(p2);
        c20 = multiplyAdd(x, b0, c20); c21 = multiplyAdd(x, b1, c21);
        x = v128.load32_splat(p3);
        c30 = multiplyAdd(x, b0, c30); c31 = multiplyAdd(x, b1, c31);
        p0 += step; p1 += step; p2 += step; p3 += step;
        b += 32;
      }
      p0 += rowGap; p1 += rowGap; p2 += rowGap; p3 += rowGap;
    }
    p0 += imageGap; p1 += imageGap; p2 += imageGap; p3 += imageGap;
  }
  add(to, c00, c01); to += stride;
  add(to, c10, c11); to += stride;
  add(to, c20, c21); to += stride;
  add(to, c30, c31);
}

// @ts-ignore: decorator
@inline
export function add(to: usize, left: v128, right: v128): void {
  v128.store(to, f32x4.add(v128.load(to), left));
  v128.store(to, f32x4.add(v128.load(to, 16), right), 16);
}

/**
 * Adds the weight gradient of `rows` lines of `images` images to `sums`, taps (rounded up to 4) by
 * outputs (rounded up to 8). Tap t of pixel (i, y, x) lies at
 * `x + offsets[t] + i * image + y * line + x * step`, its gradient for output o at
 * `gradient + i * gradientImage + o * plane + (y * columns + x) * 4`. `panel` has room for 8 outputs.
 */
export function weightGradient(
  x: usize, image: i32, line: i32, step: i32, offsets: usize, taps: i32,
  gradient: usize, gradientImage: i32, plane: i32, outputs: i32,
  images: i32, rows: i32, columns: i32, sums: usize, panel: usize,
): void {
  const count = rows * columns;
  const stride = <usize>((outputs + 7) & ~7) << 2;
  const rowGap = <usize>(line - columns * step), imageGap = <usize>(image - rows * line);
  for (let o = 0; o < outputs; o += 8) {
    for (let i = 0; i < images; i++) {
      const from = gradient + <usize>i * <usize>gradientImage + <usize>o * <usize>plane;
      const to = panel + (<usize>i * <usize>count << 5);
      packHalf(from, plane, outputs - o, count, to);
      packHalf(outputs - o > 4 ? from + 4 * <usize>plane : from, plane, outputs - o - 4, count, to + 16);
    }
    let to = sums + (<usize>o << 2);
    for (let t = 0; t < taps; t += 4) {
      const at = offsets + (<usize>t << 2);
      // Missing taps repeat the last; nobody reads their sums.
      const last = <usize>min(taps - 1 - t, 3);
      const p0 = x + <usize>load<u32>(at), p1 = x + <usize>load<u32>(at + (min<usize>(1, last) << 2));
      const p2 = x + <usize>load<u32>(at + (min<usize>(2, last) << 2)), p3 = x + <usize>load<u32>(at + (last << 2));
      if (step == 4) tile<Dense>(p0, p1, p2, p3, images, imageGap, rows, rowGap, columns, 4, panel, to, stride);
      else tile<Sparse>(p0, p1, p2, p3, images, imageGap, rows, rowGap, columns, step, panel, to, stride);
      to += 4 * stride;
    }
  }
}

/** Adds the inner products of one plane of gradient with what three taps saw. */
function correlate<S>(
  p0: usize, p1: usize, p2: usize, line: usize, strideX: i32, gradient: usize,
  rows: i32, columns: i32, to: usize, count: i32,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0;
  const hop = <usize>strideX << 4;
  const rest = columns & 3;
  const mask = i32x4.gt_s(i32x4.splat(rest), i32x4(0, 1, 2, 3));
  for (let row = 0; row < rows; row++) {
    let at: usize = 0;
    for (let i = 4; i <= columns; i += 4) {
      const g = v128.load(gradient);
      s0 = multiplyAdd(changetype<S>(0).four(p0 + at, 0, 0, hop), g, s0);
      s1 = multiplyAdd(changetype<S>(0).four(p1 + at, 0, 0, hop), g, s1);
      s2 = multiplyAdd(changetype<S>(0).four(p2 + at, 0, 0, hop), g, s2);
      gradient += 16; at += hop;
    }
    if (rest != 0) {
      // What lies behind the line may be anything, NaN too.
      const g = v128.and(mask, v128.load(gradient));
      s0 = multiplyAdd(v128.and(mask, changetype<S>(0).four(p0 + at, 0, 0, hop)), g, s0);
      s1 = multiplyAdd(v128.and(mask, changetype<S>(0).four(p1 + at, 0, 0, hop)), g, s1);
      s2 = multiplyAdd(v128.and(mask, changetype<S>(0).four(p2 + at, 0, 0, hop)), g, s2);
      gradient += <usize>rest << 2;
    }
    p0 += line; p1 += line; p2 += line;
  }
  store<f32>(to, load<f32>(to) + horizontalSum(s0));
  if (count > 1) store<f32>(to, load<f32>(to, 4) + horizontalSum(s1), 4);
  if (count > 2) store<f32>(to, load<f32>(to, 8) + horizontalSum(s2), 8);
}

/**
 * Adds the weight gradient of one image of a depthwise convolution to `to` [outputs, taps]: output
 * channel c read plane c / `multiplier`, `plane` bytes apart.
 */
export function depthwiseWeightGradient(
  x: usize, plane: usize, line: usize, strideX: i32, gradient: usize, outputs: i32, multiplier: i32,
  rows: i32, columns: i32, offsets: usize, taps: i32, to: usize,
): void {
  const pitch = taps == 9 ? load<i32>(offsets, 12) : 0;
  const small = strideX <= 2 && line == strideX * pitch && isThreeByThree(offsets, taps, pitch);
  for (let o = 0; o < outputs; o++) {
    const from = x + <usize>(o / multiplier) * plane;
    if (small) depthwisePlaneWeightGradient(from, <usize>pitch, gradient, rows, columns, strideX, to);
    else for (let t = 0; t < taps; t += 3) {
      const at = offsets + (<usize>t << 2);
      const count = min(taps - t, 3);
      const p0 = from + <usize>load<u32>(at);
      const p1 = count > 1 ? from + <usize>load<u32>(at, 4) : p0;
      const p2 = count > 2 ? from + <usize>load<u32>(at, 8) : p0;
      const target = to + (<usize>t << 2);
      if (strideX == 1) correlate<Every>(p0, p1, p2, line, 1, gradient, rows, columns, target, count);
      else if (strideX == 2) correlate<Second>(p0, p1, p2, line, 2, gradient, rows, columns, target, count);
      else correlate<Strided>(p0, p1, p2, line, strideX, gradient, rows, columns, target, count);
    }
    gradient += <usize>rows * <usize>columns << 2; to += <usize>taps << 2;
  }
}
