// Elementwise kernels of two operands with broadcasting. Shapes arrive collapsed: neighbouring axes
// along which both operands run on are one axis; the innermost strides are 0 or 1.
import { storeLanes } from './lanes';

class Add { @inline apply(a: v128, b: v128): v128 { return f32x4.add(a, b); } }
class Sub { @inline apply(a: v128, b: v128): v128 { return f32x4.sub(a, b); } }
class Mul { @inline apply(a: v128, b: v128): v128 { return f32x4.mul(a, b); } }
class Div { @inline apply(a: v128, b: v128): v128 { return f32x4.div(a, b); } }
class Min { @inline apply(a: v128, b: v128): v128 { return f32x4.min(a, b); } }
class Max { @inline apply(a: v128, b: v128): v128 { return f32x4.max(a, b); } }
class Prelu {
  @inline apply(a: v128, b: v128): v128 {
    return v128.bitselect(a, f32x4.mul(a, b), f32x4.ge(a, f32x4.splat(0)));
  }
}

function row<F>(a: usize, b: usize, y: usize, n: i32, stepA: i32, stepB: i32): void {
  let i = 0;
  if (stepA == stepB) {
    for (; i < n; i += 4) {
      storeLanes(y, changetype<F>(0).apply(v128.load(a), v128.load(b)), n - i);
      a += 16; b += 16; y += 16;
    }
  } else if (stepA == 0) {
    const va = v128.load32_splat(a);
    for (; i < n; i += 4) {
      storeLanes(y, changetype<F>(0).apply(va, v128.load(b)), n - i);
      b += 16; y += 16;
    }
  } else {
    const vb = v128.load32_splat(b);
    for (; i < n; i += 4) {
      storeLanes(y, changetype<F>(0).apply(v128.load(a), vb), n - i);
      a += 16; y += 16;
    }
  }
}

/** `axes` holds, per axis from the outermost, its size and the strides of `a` and `b` (elements). */
function map<F>(a: usize, b: usize, y: usize, axes: usize, rank: i32): void {
  const inner = axes + <usize>(rank - 1) * 12;
  const n = load<i32>(inner), stepA = load<i32>(inner, 4), stepB = load<i32>(inner, 8);
  const counters = inner + 12;
  for (let axis = 0; axis < rank; axis++) store<i32>(counters + (<usize>axis << 2), 0);
  while (true) {
    row<F>(a, b, y, n, stepA, stepB);
    y += <usize>n << 2;
    let axis = rank - 2;
    for (; axis >= 0; axis--) {
      const place = axes + <usize>axis * 12;
      const counter = counters + (<usize>axis << 2);
      const strideA = <usize>load<i32>(place, 4) << 2, strideB = <usize>load<i32>(place, 8) << 2;
      const next = load<i32>(counter) + 1;
      a += strideA; b += strideB;
      if (next < load<i32>(place)) {
        store<i32>(counter, next);
        break;
      }
      store<i32>(counter, 0);
      a -= strideA * <usize>next; b -= strideB * <usize>next;
    }
    if (axis < 0) return;
  }
}

export function add(a: usize, b: usize, y: usize, axes: usize, rank: i32): void { map<Add>(a, b, y, axes, rank); }
export function sub(a: usize, b: usize, y: usize, axes: usize, rank: i32): void { map<Sub>(a, b, y, axes, rank); }
export function mul(a: usize, b: usize, y: usize, axes: usize, rank: i32): void { map<Mul>(a, b, y, axes, rank); }
export function div(a: usize, b: usize, y: usize, axes: usize, rank: i32): void { map<Div>(a, b, y, axes, rank); }
export function min(a: usize, b: usize, y: usize, axes: usize, rank: i32): void { map<Min>(a, b, y, axes, rank); }
export function max(a: usize, b: usize, y: usize, axes: usize, rank: i32): void { map<Max>(a, b, y, axes, rank); }
export function prelu(a: usize, b: usize, y: usize, axes: usize, rank: i32): void { map<Prelu>(a, b, y, axes, rank); }
