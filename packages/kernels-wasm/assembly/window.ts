// Kernels that slide a window over one plane at a time: depthwise convolution and pooling. The plane
// was padded before, so no window leaves it.
import { activate } from './activation';
import { multiplyAdd } from './fma';
import { storeLanes } from './lanes';

/**
 * Copies `planes` planes `height` x `width` to planes `toHeight` x `toWidth`, the first element at
 * (`top`, `left`), `fill` around it, whatever lies outside cut off.
 */
export function padPlanes(
  from: usize, planes: i32, height: i32, width: i32,
  to: usize, toHeight: i32, toWidth: i32, top: i32, left: i32, fill: f32,
): void {
  const columns = min(width, toWidth - left);
  const rows = min(height, toHeight - top);
  const blank = f32x4.splat(fill);
  for (let c = 0; c < planes; c++) {
    for (let y = 0; y < toHeight; y++) {
      const source = y - top;
      if (source < 0 || source >= rows || columns <= 0) {
        for (let x = 0; x < toWidth; x += 4) storeLanes(to + (<usize>x << 2), blank, toWidth - x);
      } else {
        const line = from + (<usize>source * <usize>width << 2);
        for (let x = 0; x < left; x++) store<f32>(to + (<usize>x << 2), fill);
        const target = to + (<usize>left << 2);
        for (let x = 0; x < columns; x += 4) {
          storeLanes(target + (<usize>x << 2), v128.load(line + (<usize>x << 2)), columns - x);
        }
        for (let x = left + columns; x < toWidth; x++) store<f32>(to + (<usize>x << 2), fill);
      }
      to += <usize>toWidth << 2;
    }
    from += <usize>height * <usize>width << 2;
  }
}

class Multiply {
  @inline combine(x: v128, weight: v128, sum: v128): v128 { return multiplyAdd(x, weight, sum); }
}
class Maximum {
  @inline combine(x: v128, weight: v128, sum: v128): v128 { return f32x4.max(x, sum); }
}
class Sum {
  @inline combine(x: v128, weight: v128, sum: v128): v128 { return f32x4.add(x, sum); }
}

/** Four neighbours `step` elements apart; `step` 1 and 2 without single loads. */
// @ts-ignore: decorator
@inline
function four(x: usize, step: i32): v128 {
  if (step == 1) return v128.load(x);
  if (step == 2) return v128.shuffle<i32>(v128.load(x), v128.load(x, 12), 0, 2, 5, 7);
  const s = <usize>step << 2;
  return f32x4(load<f32>(x), load<f32>(x + s), load<f32>(x + 2 * s), load<f32>(x + 3 * s));
}

// @ts-ignore: decorator
@inline
function slideRow<F>(
  x: usize, y: usize, columns: i32, step: i32, weights: usize, offsets: usize, offsetsEnd: usize,
  start: v128, kind: i32, p: v128, q: v128,
): void {
  const hop = <usize>step << 4;
  let n = columns;
  for (; n >= 16; n -= 16) {
    let s0 = start, s1 = start, s2 = start, s3 = start;
    let w = weights;
    for (let o = offsets; o < offsetsEnd; o += 4) {
      const at = x + <usize>load<u32>(o);
      const tap = v128.load32_splat(w);
      s0 = changetype<F>(0).combine(four(at, step), tap, s0);
      s1 = changetype<F>(0).combine(four(at + hop, step), tap, s1);
      s2 = changetype<F>(0).combine(four(at + 2 * hop, step), tap, s2);
      s3 = changetype<F>(0).combine(four(at + 3 * hop, step), tap, s3);
      w += 4;
    }
    v128.store(y, activate(s0, kind, p, q));
    v128.store(y, activate(s1, kind, p, q), 16);
    v128.store(y, activate(s2, kind, p, q), 32);
    v128.store(y, activate(s3, kind, p, q), 48);
    x += 4 * hop; y += 64;
  }
  for (; n > 0; n -= 4) {
    let s = start;
    let w = weights;
    for (let o = offsets; o < offsetsEnd; o += 4) {
      s = changetype<F>(0).combine(four(x + <usize>load<u32>(o), step), v128.load32_splat(w), s);
      w += 4;
    }
    storeLanes(y, activate(s, kind, p, q), n);
    x += hop; y += 16;
  }
}

// @ts-ignore: decorator
@inline
function slide<F>(
  x: usize, width: i32, y: usize, rows: i32, columns: i32, strideY: i32, strideX: i32,
  weights: usize, offsets: usize, taps: i32, start: f32, kind: i32, p: f32, q: f32,
): void {
  const end = offsets + (<usize>taps << 2);
  const v = f32x4.splat(start), vp = f32x4.splat(p), vq = f32x4.splat(q);
  for (let row = 0; row < rows; row++) {
    if (strideX == 1) slideRow<F>(x, y, columns, 1, weights, offsets, end, v, kind, vp, vq);
    else if (strideX == 2) slideRow<F>(x, y, columns, 2, weights, offsets, end, v, kind, vp, vq);
    else slideRow<F>(x, y, columns, strideX, weights, offsets, end, v, kind, vp, vq);
    x += <usize>strideY * <usize>width << 2;
    y += <usize>columns << 2;
  }
}

/**
 * Depthwise convolution of one image: output channel c reads plane c / `multiplier` (`plane` bytes
 * apart) with its own `taps` weights. `bias` 0 means none.
 */
export function depthwise(
  x: usize, plane: usize, width: i32, y: usize, outputs: i32, multiplier: i32,
  rows: i32, columns: i32, strideY: i32, strideX: i32,
  weights: usize, offsets: usize, taps: i32, bias: usize, kind: i32, p: f32, q: f32,
): void {
  for (let c = 0; c < outputs; c++) {
    const start: f32 = bias == 0 ? 0 : load<f32>(bias + (<usize>c << 2));
    const from = x + <usize>(c / multiplier) * plane;
    slide<Multiply>(from, width, y, rows, columns, strideY, strideX, weights, offsets, taps, start, kind, p, q);
    weights += <usize>taps << 2;
    y += <usize>rows * <usize>columns << 2;
  }
}

/** Maximum of each window of `planes` planes, `plane` bytes apart. */
export function maxPool(
  x: usize, plane: usize, planes: i32, width: i32, y: usize,
  rows: i32, columns: i32, strideY: i32, strideX: i32, offsets: usize, taps: i32,
): void {
  for (let c = 0; c < planes; c++) {
    slide<Maximum>(x, width, y, rows, columns, strideY, strideX, offsets, offsets, taps, -Infinity, 0, 0, 0);
    x += plane; y += <usize>rows * <usize>columns << 2;
  }
}

/** Sum of each window, divided by `counts` (one per output position). */
export function averagePool(
  x: usize, plane: usize, planes: i32, width: i32, y: usize,
  rows: i32, columns: i32, strideY: i32, strideX: i32, offsets: usize, taps: i32, counts: usize,
): void {
  const n = rows * columns;
  for (let c = 0; c < planes; c++) {
    slide<Sum>(x, width, y, rows, columns, strideY, strideX, offsets, offsets, taps, 0, 0, 0, 0);
    for (let i = 0; i < n; i += 4) {
      const at = <usize>i << 2;
      storeLanes(y + at, f32x4.div(v128.load(y + at), v128.load(counts + at)), n - i);
    }
    x += plane; y += <usize>n << 2;
  }
}
