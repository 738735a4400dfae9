// `gradient * f'(x)` for the activations; what each does at its corners says the kernel table.
import * as math from './math';

const ONE: f32 = 1;

class Relu { @inline apply(x: v128, g: v128, p: v128, q: v128): v128 { return v128.and(f32x4.gt(x, f32x4.splat(0)), g); } }
class Clip {
  @inline apply(x: v128, g: v128, p: v128, q: v128): v128 {
    return v128.and(v128.and(f32x4.gt(x, p), f32x4.lt(x, q)), g);
  }
}
class HardSwish {
  @inline apply(x: v128, g: v128, p: v128, q: v128): v128 {
    const bend = f32x4.add(f32x4.div(x, f32x4.splat(3)), f32x4.splat(0.5));
    const slope = v128.bitselect(f32x4.splat(ONE), bend, f32x4.ge(x, f32x4.splat(3)));
    return v128.andnot(f32x4.mul(g, slope), f32x4.le(x, f32x4.splat(-3)));
  }
}
class HardSigmoid {
  @inline apply(x: v128, g: v128, p: v128, q: v128): v128 {
    const line = f32x4.add(f32x4.mul(p, x), q);
    const inside = v128.and(f32x4.gt(line, f32x4.splat(0)), f32x4.lt(line, f32x4.splat(ONE)));
    return v128.and(inside, f32x4.mul(g, p));
  }
}
class Sigmoid {
  @inline apply(x: v128, g: v128, p: v128, q: v128): v128 {
    const s = math.sigmoid(x);
    return f32x4.mul(g, f32x4.mul(s, f32x4.sub(f32x4.splat(ONE), s)));
  }
}
class Silu {
  @inline apply(x: v128, g: v128, p: v128, q: v128): v128 {
    const s = math.sigmoid(x);
    const rest = f32x4.add(f32x4.splat(ONE), f32x4.mul(x, f32x4.sub(f32x4.splat(ONE), s)));
    return f32x4.mul(g, f32x4.mul(s, rest));
  }
}
class LeakyRelu {
  @inline apply(x: v128, g: v128, p: v128, q: v128): v128 {
    return v128.bitselect(g, f32x4.mul(p, g), f32x4.gt(x, f32x4.splat(0)));
  }
}
class Tanh {
  @inline apply(x: v128, g: v128, p: v128, q: v128): v128 {
    const t = math.tanh(x);
    return f32x4.mul(g, f32x4.sub(f32x4.splat(ONE), f32x4.mul(t, t)));
  }
}
class Gelu {
  @inline apply(x: v128, g: v128, p: v128, q: v128): v128 {
    const phi = f32x4.add(f32x4.splat(ONE), math.erf(f32x4.mul(x, f32x4.splat(0.70710678118654752))));
    const bell = math.exp(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
    const slope = f32x4.mul(f32x4.mul(x, f32x4.splat(0.39894228040143268)), bell);
    return f32x4.mul(g, f32x4.add(f32x4.mul(f32x4.splat(0.5), phi), slope));
  }
}

function map<F>(x: usize, g: usize, y: usize, n: i32, p: f32, q: f32): void {
  const vp = f32x4.splat(p), vq = f32x4.splat(q);
  const end = x + (<usize>n << 2);
  for (; x < end; x += 16) {
    v128.store(y, changetype<F>(0).apply(v128.load(x), v128.load(g), vp, vq));
    g += 16; y += 16;
  }
}

export function reluGradient(x: usize, g: usize, y: usize, n: i32, p: f32, q: f32): void { map<Relu>(x, g, y, n, p, q); }
export function clipGradient(x: usize, g: usize, y: usize, n: i32, p: f32, q: f32): void { map<Clip>(x, g, y, n, p, q); }
export function hardSwishGradient(x: usize, g: usize, y: usize, n: i32, p: f32, q: f32): void { map<HardSwish>(x, g, y, n, p, q); }
export function hardSigmoidGradient(x: usize, g: usize, y: usize, n: i32, p: f32, q: f32): void { map<HardSigmoid>(x, g, y, n, p, q); }
export function sigmoidGradient(x: usize, g: usize, y: usize, n: i32, p: f32, q: f32): void { map<Sigmoid>(x, g, y, n, p, q); }
export function siluGradient(x: usize, g: usize, y: usize, n: i32, p: f32, q: f32): void { map<Silu>(x, g, y, n, p, q); }
export function leakyReluGradient(x: usize, g: usize, y: usize, n: i32, p: f32, q: f32): void { map<LeakyRelu>(x, g, y, n, p, q); }
export function tanhGradient(x: usize, g: usize, y: usize, n: i32, p: f32, q: f32): void { map<Tanh>(x, g, y, n, p, q); }
export function geluGradient(x: usize, g: usize, y: usize, n: i32, p: f32, q: f32): void { map<Gelu>(x, g, y, n, p, q); }
