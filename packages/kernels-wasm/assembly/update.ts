// Updates of parameters in one pass, in place.

/** Stochastic gradient descent with momentum. */
export function sgdUpdate(
  parameter: usize, gradient: usize, velocity: usize, n: i32,
  rate: f32, momentum: f32, nesterov: bool, decay: f32,
): void {
  const r = f32x4.splat(rate), m = f32x4.splat(momentum), d = f32x4.splat(decay);
  for (let at: usize = 0; at < <usize>n << 2; at += 16) {
    const value = v128.load(parameter + at);
    const slope = f32x4.add(v128.load(gradient + at), f32x4.mul(d, value));
    const speed = f32x4.add(f32x4.mul(m, v128.load(velocity + at)), slope);
    v128.store(velocity + at, speed);
    const step = nesterov ? f32x4.add(slope, f32x4.mul(m, speed)) : speed;
    v128.store(parameter + at, f32x4.sub(value, f32x4.mul(r, step)));
  }
}

/** Adam: `rate` and `correction` (of the root of the second moment) have the bias of both moments. */
export function adamUpdate(
  parameter: usize, gradient: usize, mean: usize, square: usize, n: i32,
  rate: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32, correction: f32, decay: f32, shrink: f32,
): void {
  const r = f32x4.splat(rate), b1 = f32x4.splat(beta1), c1 = f32x4.splat(rest1), b2 = f32x4.splat(beta2);
  const c2 = f32x4.splat(rest2), e = f32x4.splat(epsilon), k = f32x4.splat(correction);
  const d = f32x4.splat(decay), s = f32x4.splat(shrink);
  for (let at: usize = 0; at < <usize>n << 2; at += 16) {
    const value = v128.load(parameter + at);
    const slope = f32x4.add(v128.load(gradient + at), f32x4.mul(d, value));
    const first = f32x4.add(f32x4.mul(b1, v128.load(mean + at)), f32x4.mul(c1, slope));
    const second = f32x4.add(f32x4.mul(b2, v128.load(square + at)), f32x4.mul(c2, f32x4.mul(slope, slope)));
    v128.store(mean + at, first);
    v128.store(square + at, second);
    const deviation = f32x4.add(f32x4.mul(f32x4.sqrt(second), k), e);
    v128.store(parameter + at, f32x4.sub(f32x4.mul(s, value), f32x4.div(f32x4.mul(r, first), deviation)));
  }
}

/** `target = decay * target + rest * source`. */
export function blendUpdate(target: usize, source: usize, n: i32, decay: f32, rest: f32): void {
  const d = f32x4.splat(decay), r = f32x4.splat(rest);
  for (let at: usize = 0; at < <usize>n << 2; at += 16) {
    const kept = f32x4.mul(d, v128.load(target + at));
    v128.store(target + at, f32x4.add(kept, f32x4.mul(r, v128.load(source + at))));
  }
}

/** `target += source`. */
export function accumulateUpdate(target: usize, source: usize, n: i32): void {
  for (let at: usize = 0; at < <usize>n << 2; at += 16) {
    v128.store(target + at, f32x4.add(v128.load(target + at), v128.load(source + at)));
  }
}
