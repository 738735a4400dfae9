// Elementwise kernels of one operand. Every allocation has 32 bytes to spare, so whole vectors are
// read and written up to the end.
import * as math from './math';

class Abs { @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.abs(x); } }
class Neg { @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.neg(x); } }
class Sign {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const one = v128.or(f32x4.splat(1), v128.and(x, i32x4.splat(0x80000000)));
    return v128.bitselect(one, x, v128.or(f32x4.lt(x, f32x4.splat(0)), f32x4.gt(x, f32x4.splat(0))));
  }
}
class Exp { @inline apply(x: v128, p: v128, q: v128): v128 { return math.exp(x); } }
class Log { @inline apply(x: v128, p: v128, q: v128): v128 { return math.log(x); } }
class Sqrt { @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.sqrt(x); } }
class Reciprocal { @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.div(f32x4.splat(1), x); } }
class Floor { @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.floor(x); } }
class Ceil { @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.ceil(x); } }
class Round { @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.nearest(x); } }
class Erf { @inline apply(x: v128, p: v128, q: v128): v128 { return math.erf(x); } }
class Tanh { @inline apply(x: v128, p: v128, q: v128): v128 { return math.tanh(x); } }
class Sigmoid { @inline apply(x: v128, p: v128, q: v128): v128 { return math.sigmoid(x); } }
class Softplus {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const tail = math.log1p(math.exp(f32x4.neg(f32x4.abs(x))));
    return f32x4.add(f32x4.max(x, f32x4.splat(0)), tail);
  }
}
class Softsign {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    return f32x4.div(x, f32x4.add(f32x4.splat(1), f32x4.abs(x)));
  }
}
class HardSwish {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const gate = f32x4.add(f32x4.div(x, f32x4.splat(6)), f32x4.splat(0.5));
    return f32x4.mul(x, f32x4.min(f32x4.max(gate, f32x4.splat(0)), f32x4.splat(1)));
  }
}
class HardSigmoid {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    return f32x4.min(f32x4.max(f32x4.add(f32x4.mul(p, x), q), f32x4.splat(0)), f32x4.splat(1));
  }
}
class LeakyRelu {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    return v128.bitselect(x, f32x4.mul(p, x), f32x4.ge(x, f32x4.splat(0)));
  }
}
class Clip { @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.min(f32x4.max(x, p), q); } }
/** `q * (x > 0 ? x : p * (e^x - 1))`: elu has `q` 1. */
class Selu {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    return f32x4.mul(q, v128.bitselect(x, f32x4.mul(p, math.expm1(x)), f32x4.gt(x, f32x4.splat(0))));
  }
}
class Celu {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const low = f32x4.min(f32x4.splat(0), f32x4.mul(p, math.expm1(f32x4.div(x, p))));
    return f32x4.add(f32x4.max(x, f32x4.splat(0)), low);
  }
}
class Gelu {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const phi = f32x4.add(f32x4.splat(1), math.erf(f32x4.mul(x, f32x4.splat(0.70710678118654752))));
    return f32x4.mul(f32x4.mul(f32x4.splat(0.5), x), phi);
  }
}
class GeluTanh {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const cube = f32x4.mul(f32x4.mul(x, x), x);
    const line = f32x4.add(x, f32x4.mul(f32x4.splat(0.044715), cube));
    const t = math.tanh(f32x4.mul(f32x4.splat(0.7978845608028654), line));
    return f32x4.mul(f32x4.mul(f32x4.splat(0.5), x), f32x4.add(f32x4.splat(1), t));
  }
}

function map<F>(x: usize, y: usize, n: i32, p: f32, q: f32): void {
  const vp = f32x4.splat(p), vq = f32x4.splat(q);
  const end = x + (<usize>n << 2);
  for (; x < end; x += 16) {
    v128.store(y, changetype<F>(0).apply(v128.load(x), vp, vq));
    y += 16;
  }
}

export function abs(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Abs>(x, y, n, p, q); }
export function neg(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Neg>(x, y, n, p, q); }
export function sign(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Sign>(x, y, n, p, q); }
export function exp(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Exp>(x, y, n, p, q); }
export function log(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Log>(x, y, n, p, q); }
export function sqrt(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Sqrt>(x, y, n, p, q); }
export function reciprocal(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Reciprocal>(x, y, n, p, q); }
export function floor(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Floor>(x, y, n, p, q); }
export function ceil(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Ceil>(x, y, n, p, q); }
export function round(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Round>(x, y, n, p, q); }
export function erf(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Erf>(x, y, n, p, q); }
export function tanh(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Tanh>(x, y, n, p, q); }
export function sigmoid(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Sigmoid>(x, y, n, p, q); }
export function softplus(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Softplus>(x, y, n, p, q); }
export function softsign(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Softsign>(x, y, n, p, q); }
export function hardSwish(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<HardSwish>(x, y, n, p, q); }
export function hardSigmoid(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<HardSigmoid>(x, y, n, p, q); }
export function leakyRelu(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<LeakyRelu>(x, y, n, p, q); }
export function clip(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Clip>(x, y, n, p, q); }
export function selu(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Selu>(x, y, n, p, q); }
export function celu(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Celu>(x, y, n, p, q); }
export function gelu(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<Gelu>(x, y, n, p, q); }
export function geluTanh(x: usize, y: usize, n: i32, p: f32, q: f32): void { map<GeluTanh>(x, y, n, p, q); }
