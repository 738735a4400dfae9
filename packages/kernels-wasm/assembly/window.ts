// Kernels that slide a window over one plane at a time: depthwise convolution and pooling. The plane
// was padded before, so no window leaves it.
import { activate } from './activation';
import { depthwisePlane, isThreeByThree } from './depthwise';
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

/**
 * Copies planes like `padPlanes`, but puts neighbours `strideY` rows and `strideX` columns apart,
 * zeros between them.
 */
export function spreadPlanes(
  from: usize, planes: i32, height: i32, width: i32, to: usize, toHeight: i32, toWidth: i32,
  top: i32, left: i32, strideY: i32, strideX: i32,
): void {
  const columns = min(width, (toWidth - left + strideX - 1) / strideX);
  const rows = min(height, (toHeight - top + strideY - 1) / strideY);
  const bytes = <usize>toHeight * <usize>toWidth << 2;
  memory.fill(to, 0, <usize>planes * bytes);
  for (let c = 0; c < planes; c++) {
    for (let y = 0; y < rows; y++) {
      let source = from + (<usize>y * <usize>width << 2);
      let target = to + (<usize>((top + y * strideY) * toWidth + left) << 2);
      for (let x = 0; x < columns; x++) {
        store<u32>(target, load<u32>(source));
        source += 4; target += <usize>strideX << 2;
      }
    }
    from += <usize>height * <usize>width << 2; to += bytes;
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

/** Four neighbours 1 element apart; `byte` and `vector` are constants. */
export class Every {
  @inline four(at: usize, byte: usize, vector: usize, hop: usize): v128 {
    return v128.load(at + (byte + 16 * vector));
  }
}
/** Every second element. */
export class Second {
  @inline four(at: usize, byte: usize, vector: usize, hop: usize): v128 {
    const from = at + (byte + 32 * vector);
    return v128.shuffle<i32>(v128.load(from), v128.load(from, 12), 0, 2, 5, 7);
  }
}
/** Elements `hop / 16` apart. */
export class Strided {
  @inline four(at: usize, byte: usize, vector: usize, hop: usize): v128 {
    const x = at + byte + vector * hop;
    const s = hop >> 2;
    return f32x4(load<f32>(x), load<f32>(x + s), load<f32>(x + 2 * s), load<f32>(x + 3 * s));
  }
}

/**
 * One row of results. Offsets come in runs of `run` neighbours (1, 3 or 5: kernels of that width),
 * of which only the first is read.
 */
function slideRow<F, S>(
  x: usize, y: usize, columns: i32, step: i32, weights: usize, offsets: usize, offsetsEnd: usize,
  run: i32, start: v128, kind: i32, p: v128, q: v128,
): void {
  const hop = <usize>step << 4;
  const jump = <usize>run << 2;
  let n = columns;
  for (; n >= 16; n -= 16) {
    let s0 = start, s1 = start, s2 = start, s3 = start;
    let w = weights;
    for (let o = offsets; o < offsetsEnd; o += jump) {
      const at = x + <usize>load<u32>(o);
      let tap: v128;
      tap = v128.load32_splat(w, 0);
      s0 = changetype<F>(0).combine(changetype<S>(0).four(at, 0, 0, hop), tap, s0);
      s1 = changetype<F>(0).combine(changetype<S>(0).four(at, 0, 1, hop), tap, s1);
      s2 = changetype<F>(0).combine(changetype<S>(0).four(at, 0, 2, hop), tap, s2);
      s3 = changetype<F>(0).combine(changetype<S>(0).four(at, 0, 3, hop), tap, s3);
      if (run >= 3) {
        tap = v128.load32_splat(w, 4);
        s0 = changetype<F>(0).combine(changetype<S>(0).four(at, 4, 0, hop), tap, s0);
        s1 = changetype<F>(0).combine(changetype<S>(0).four(at, 4, 1, hop), tap, s1);
        s2 = changetype<F>(0).combine(changetype<S>(0).four(at, 4, 2, hop), tap, s2);
        s3 = changetype<F>(0).combine(changetype<S>(0).four(at, 4, 3, hop), tap, s3);
        tap = v128.load32_splat(w, 8);
        s0 = changetype<F>(0).combine(changetype<S>(0).four(at, 8, 0, hop), tap, s0);
        s1 = changetype<F>(0).combine(changetype<S>(0).four(at, 8, 1, hop), tap, s1);
        s2 = changetype<F>(0).combine(changetype<S>(0).four(at, 8, 2, hop), tap, s2);
        s3 = changetype<F>(0).combine(changetype<S>(0).four(at, 8, 3, hop), tap, s3);
        if (run == 5) {
          tap = v128.load32_splat(w, 12);
          s0 = changetype<F>(0).combine(changetype<S>(0).four(at, 12, 0, hop), tap, s0);
          s1 = changetype<F>(0).combine(changetype<S>(0).four(at, 12, 1, hop), tap, s1);
          s2 = changetype<F>(0).combine(changetype<S>(0).four(at, 12, 2, hop), tap, s2);
          s3 = changetype<F>(0).combine(changetype<S>(0).four(at, 12, 3, hop), tap, s3);
          tap = v128.load32_splat(w, 16);
          s0 = changetype<F>(0).combine(changetype<S>(0).four(at, 16, 0, hop), tap, s0);
          s1 = changetype<F>(0).combine(changetype<S>(0).four(at, 16, 1, hop), tap, s1);
          s2 = changetype<F>(0).combine(changetype<S>(0).four(at, 16, 2, hop), tap, s2);
          s3 = changetype<F>(0).combine(changetype<S>(0).four(at, 16, 3, hop), tap, s3);
        }
      }
      w += jump;
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
      s = changetype<F>(0).combine(changetype<S>(0).four(x + <usize>load<u32>(o), 0, 0, hop), v128.load32_splat(w), s);
      w += 4;
    }
    storeLanes(y, activate(s, kind, p, q), n);
    x += hop; y += 16;
  }
}

/** 3 or 5 when the offsets come in runs of so many neighbours, else 1. */
function runLength(offsets: usize, taps: i32): i32 {
  const run = taps % 5 == 0 ? 5 : 3;
  if (taps % run != 0) return 1;
  for (let i = 0; i < taps; i++) {
    const at = offsets + (<usize>i << 2);
    if (i % run != 0 && load<i32>(at) != load<i32>(at - 4) + 4) return 1;
  }
  return run;
}

function slide<F>(
  x: usize, width: i32, y: usize, rows: i32, columns: i32, strideY: i32, strideX: i32,
  weights: usize, offsets: usize, taps: i32, start: f32, kind: i32, p: f32, q: f32,
): void {
  const end = offsets + (<usize>taps << 2);
  const run = runLength(offsets, taps);
  const v = f32x4.splat(start), vp = f32x4.splat(p), vq = f32x4.splat(q);
  for (let row = 0; row < rows; row++) {
    if (strideX == 1) slideRow<F, Every>(x, y, columns, 1, weights, offsets, end, run, v, kind, vp, vq);
    else if (strideX == 2) slideRow<F, Second>(x, y, columns, 2, weights, offsets, end, run, v, kind, vp, vq);
    else slideRow<F, Strided>(x, y, columns, strideX, weights, offsets, end, run, v, kind, vp, vq);
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
  const small = strideX == strideY && strideX <= 2 && isThreeByThree(offsets, taps, width << 2);
  for (let c = 0; c < outputs; c++) {
    const start: f32 = bias == 0 ? 0 : load<f32>(bias + (<usize>c << 2));
    const from = x + <usize>(c / multiplier) * plane;
    if (small) {
      const vp = f32x4.splat(p), vq = f32x4.splat(q);
      depthwisePlane(from, <usize>width << 2, y, rows, columns, strideX, weights, f32x4.splat(start), kind, vp, vq);
    } else slide<Multiply>(from, width, y, rows, columns, strideY, strideX, weights, offsets, taps, start, kind, p, q);
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
