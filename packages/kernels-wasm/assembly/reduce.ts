// Reductions of the middle axis of [outer, length, inner]. Sums of long lines go through doubles.
import { horizontalSum, storeLanes } from './lanes';

class Sum {
  @inline start(): f32 { return 0; }
  @inline take(x: v128): v128 { return x; }
  @inline merge(a: v128, b: v128): v128 { return f32x4.add(a, b); }
}
class SumSquare {
  @inline start(): f32 { return 0; }
  @inline take(x: v128): v128 { return f32x4.mul(x, x); }
  @inline merge(a: v128, b: v128): v128 { return f32x4.add(a, b); }
}
class SumAbsolute {
  @inline start(): f32 { return 0; }
  @inline take(x: v128): v128 { return f32x4.abs(x); }
  @inline merge(a: v128, b: v128): v128 { return f32x4.add(a, b); }
}
class Maximum {
  @inline start(): f32 { return -Infinity; }
  @inline take(x: v128): v128 { return x; }
  @inline merge(a: v128, b: v128): v128 { return f32x4.max(a, b); }
}
class Minimum {
  @inline start(): f32 { return Infinity; }
  @inline take(x: v128): v128 { return x; }
  @inline merge(a: v128, b: v128): v128 { return f32x4.min(a, b); }
}
class Product {
  @inline start(): f32 { return 1; }
  @inline take(x: v128): v128 { return x; }
  @inline merge(a: v128, b: v128): v128 { return f32x4.mul(a, b); }
}

/** Folds the four lanes to one value in lane 0. */
function fold<F>(v: v128): f32 {
  const pair = changetype<F>(0).merge(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(changetype<F>(0).merge(pair, v128.shuffle<i32>(pair, pair, 1, 0, 3, 2)), 0);
}

function line<F>(x: usize, length: i32): v128 {
  const start = f32x4.splat(changetype<F>(0).start());
  let s0 = start, s1 = start, s2 = start, s3 = start;
  let i = 0;
  for (; i + 16 <= length; i += 16) {
    s0 = changetype<F>(0).merge(s0, changetype<F>(0).take(v128.load(x)));
    s1 = changetype<F>(0).merge(s1, changetype<F>(0).take(v128.load(x, 16)));
    s2 = changetype<F>(0).merge(s2, changetype<F>(0).take(v128.load(x, 32)));
    s3 = changetype<F>(0).merge(s3, changetype<F>(0).take(v128.load(x, 48)));
    x += 64;
  }
  for (; i + 4 <= length; i += 4) {
    s0 = changetype<F>(0).merge(s0, changetype<F>(0).take(v128.load(x)));
    x += 16;
  }
  for (; i < length; i++) {
    const one = f32x4.replace_lane(start, 0, load<f32>(x));
    s1 = changetype<F>(0).merge(s1, changetype<F>(0).take(one));
    x += 4;
  }
  return changetype<F>(0).merge(changetype<F>(0).merge(s0, s1), changetype<F>(0).merge(s2, s3));
}

/** Elements added in single precision before they go to a double. */
const BLOCK: i32 = 2048;

function sumLines<F>(x: usize, y: usize, outer: i32, length: i32): void {
  for (let o = 0; o < outer; o++) {
    let total: f64 = 0;
    for (let i = 0; i < length; i += BLOCK) {
      const count = min(BLOCK, length - i);
      total += <f64>horizontalSum(line<F>(x, count));
      x += <usize>count << 2;
    }
    store<f32>(y, <f32>total);
    y += 4;
  }
}

function foldLines<F>(x: usize, y: usize, outer: i32, length: i32): void {
  for (let o = 0; o < outer; o++) {
    store<f32>(y, fold<F>(line<F>(x, length)));
    x += <usize>length << 2; y += 4;
  }
}

function columns<F>(x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  const stride = <usize>inner << 2;
  const start = f32x4.splat(changetype<F>(0).start());
  for (let o = 0; o < outer; o++) {
    let i = 0;
    // A cache line of each row at a time.
    for (; i + 16 <= inner; i += 16) {
      let s0 = start, s1 = start, s2 = start, s3 = start;
      let at = x + (<usize>i << 2);
      for (let k = 0; k < length; k++) {
        s0 = changetype<F>(0).merge(s0, changetype<F>(0).take(v128.load(at)));
        s1 = changetype<F>(0).merge(s1, changetype<F>(0).take(v128.load(at, 16)));
        s2 = changetype<F>(0).merge(s2, changetype<F>(0).take(v128.load(at, 32)));
        s3 = changetype<F>(0).merge(s3, changetype<F>(0).take(v128.load(at, 48)));
        at += stride;
      }
      const to = y + (<usize>i << 2);
      v128.store(to, s0); v128.store(to, s1, 16); v128.store(to, s2, 32); v128.store(to, s3, 48);
    }
    for (; i < inner; i += 4) {
      let s = start;
      let at = x + (<usize>i << 2);
      for (let k = 0; k < length; k++) {
        s = changetype<F>(0).merge(s, changetype<F>(0).take(v128.load(at)));
        at += stride;
      }
      storeLanes(y + (<usize>i << 2), s, inner - i);
    }
    x += <usize>length * stride; y += stride;
  }
}

export function reduceSum(x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  if (inner == 1) sumLines<Sum>(x, y, outer, length);
  else columns<Sum>(x, y, outer, length, inner);
}
export function reduceSumSquare(x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  if (inner == 1) sumLines<SumSquare>(x, y, outer, length);
  else columns<SumSquare>(x, y, outer, length, inner);
}
export function reduceL1(x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  if (inner == 1) sumLines<SumAbsolute>(x, y, outer, length);
  else columns<SumAbsolute>(x, y, outer, length, inner);
}
export function reduceMax(x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  if (inner == 1) foldLines<Maximum>(x, y, outer, length);
  else columns<Maximum>(x, y, outer, length, inner);
}
export function reduceMin(x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  if (inner == 1) foldLines<Minimum>(x, y, outer, length);
  else columns<Minimum>(x, y, outer, length, inner);
}
export function reduceProd(x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  if (inner == 1) foldLines<Product>(x, y, outer, length);
  else columns<Product>(x, y, outer, length, inner);
}
