// Activations fused into the kernels that produce their input. Kinds are listed in src/activation.ts.
import { exp } from './math';

export const NONE: i32 = 0;
/** `min(max(x, p), q)`: relu and clip. */
export const CLAMP: i32 = 1;
const HARD_SWISH: i32 = 2;
/** `min(max(p * x + q, 0), 1)`. */
const HARD_SIGMOID: i32 = 3;
const SIGMOID: i32 = 4;
const SILU: i32 = 5;


function transcendental(x: v128, kind: i32, p: v128, q: v128): v128 {
  if (kind == HARD_SWISH || kind == HARD_SIGMOID) {
    if (kind == HARD_SWISH) {
      const gate = f32x4.add(f32x4.div(x, f32x4.splat(6)), f32x4.splat(0.5));
      return f32x4.mul(x, f32x4.min(f32x4.max(gate, f32x4.splat(0)), f32x4.splat(1)));
    }
    const line = f32x4.add(f32x4.mul(p, x), q);
    return f32x4.min(f32x4.max(line, f32x4.splat(0)), f32x4.splat(1));
  }
  if (kind == SIGMOID || kind == SILU) {
    const y = f32x4.add(f32x4.splat(1), exp(f32x4.neg(x)));
    return f32x4.div(kind == SILU ? x : f32x4.splat(1), y);
  }
  // leakyRelu
  return v128.bitselect(x, f32x4.mul(p, x), f32x4.ge(x, f32x4.splat(0)));
}

// @ts-ignore: decorator
@inline
export function activate(x: v128, kind: i32, p: v128, q: v128): v128 {
  if (kind == NONE) return x;
  if (kind == CLAMP) return f32x4.min(f32x4.max(x, p), q);
  return transcendental(x, kind, p, q);
}

/** Applies an activation to `n` elements in place. */
export function activateAll(x: usize, n: i32, kind: i32, p: f32, q: f32): void {
  const vp = f32x4.splat(p), vq = f32x4.splat(q);
  const end = x + (<usize>n << 2);
  for (; x < end; x += 16) v128.store(x, activate(v128.load(x), kind, vp, vq));
}
