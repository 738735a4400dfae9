// Elementary functions on four floats. Polynomials after Cephes (S. Moshier); errors below 2 ulp
// unless a comment says otherwise.

/** `e^x`. */
export function exp(x: v128): v128 {
  const clamped = f32x4.max(f32x4.min(x, f32x4.splat(88.7228394)), f32x4.splat(-104));
  const n = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(1.44269504088896341)));
  // ln 2 in two parts, so that n * ln 2 is exact in the first.
  let r = f32x4.sub(clamped, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  let y = f32x4.splat(1.9875691500e-4);
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.3981999507e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(8.3334519073e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(4.1665795894e-2));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.6666665459e-1));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(5.0000001201e-1));
  y = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(y, r), r), r), f32x4.splat(1));
  // 2^n in two factors: n reaches from -150 to 128.
  const i = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(i, 1);
  const bias = i32x4.splat(127);
  y = f32x4.mul(y, i32x4.shl(i32x4.add(half, bias), 23));
  y = f32x4.mul(y, i32x4.shl(i32x4.add(i32x4.sub(i, half), bias), 23));
  return v128.bitselect(f32x4.splat(Infinity), y, f32x4.gt(x, f32x4.splat(88.7228394)));
}

/** Natural logarithm. */
export function log(x: v128): v128 {
  const tiny = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny);
  let e = f32x4.sub(f32x4.convert_i32x4_s(i32x4.shr_u(scaled, 23)), v128.bitselect(f32x4.splat(149), f32x4.splat(126), tiny));
  let m = v128.or(v128.and(scaled, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const low = f32x4.lt(m, f32x4.splat(0.707106781186547524));
  e = f32x4.sub(e, v128.and(low, f32x4.splat(1)));
  m = f32x4.sub(f32x4.add(m, v128.and(low, m)), f32x4.splat(1));
  const z = f32x4.mul(m, m);
  let y = f32x4.splat(7.0376836292e-2);
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-1.1514610310e-1));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(1.1676998740e-1));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-1.2420140846e-1));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(1.4249322787e-1));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-1.6668057665e-1));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(2.0000714765e-1));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-2.4999993993e-1));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(3.3333331174e-1));
  y = f32x4.mul(f32x4.mul(y, m), z);
  y = f32x4.add(y, f32x4.mul(e, f32x4.splat(-2.12194440e-4)));
  y = f32x4.sub(y, f32x4.mul(z, f32x4.splat(0.5)));
  y = f32x4.add(f32x4.add(m, y), f32x4.mul(e, f32x4.splat(0.693359375)));
  y = v128.bitselect(x, y, v128.or(f32x4.ne(x, x), f32x4.eq(x, f32x4.splat(Infinity))));
  y = v128.bitselect(f32x4.splat(-Infinity), y, f32x4.eq(x, f32x4.splat(0)));
  return v128.bitselect(f32x4.splat(NaN), y, f32x4.lt(x, f32x4.splat(0)));
}

/** `e^x - 1`, accurate near 0. */
export function expm1(x: v128): v128 {
  let y = f32x4.splat(1.0 / 40320);
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(1.0 / 5040));
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(1.0 / 720));
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(1.0 / 120));
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(1.0 / 24));
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(1.0 / 6));
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(0.5));
  y = f32x4.add(f32x4.mul(f32x4.mul(y, x), x), x);
  const near = f32x4.lt(f32x4.abs(x), f32x4.splat(0.5));
  return v128.bitselect(y, f32x4.sub(exp(x), f32x4.splat(1)), near);
}

/** `log(1 + x)` for `x` in [0, 1]. */
export function log1p(x: v128): v128 {
  const y = f32x4.add(x, f32x4.splat(1));
  // What the addition rounded away, to first order.
  const lost = f32x4.sub(x, f32x4.sub(y, f32x4.splat(1)));
  return f32x4.add(log(y), f32x4.div(lost, y));
}

/** Hyperbolic tangent. */
export function tanh(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let y = f32x4.splat(-5.70498872745e-3);
  y = f32x4.add(f32x4.mul(y, z), f32x4.splat(2.06390887954e-2));
  y = f32x4.add(f32x4.mul(y, z), f32x4.splat(-5.37397155531e-2));
  y = f32x4.add(f32x4.mul(y, z), f32x4.splat(1.33314422036e-1));
  y = f32x4.add(f32x4.mul(y, z), f32x4.splat(-3.33332819422e-1));
  y = f32x4.add(f32x4.mul(f32x4.mul(y, z), x), x);
  const e = exp(f32x4.add(magnitude, magnitude));
  const far = f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), f32x4.add(e, f32x4.splat(1))));
  const sign = v128.and(x, i32x4.splat(0x80000000));
  return v128.bitselect(y, v128.or(far, sign), f32x4.lt(magnitude, f32x4.splat(0.625)));
}

/** `1 / (1 + e^-x)`. */
export function sigmoid(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp(f32x4.neg(x))));
}

/** Error function. Own fits: `erf(x) / x` in `x^2` below 1, `log(erfc(x))` from 1 to 4. */
export function erf(x: v128): v128 {
  const z = f32x4.mul(x, x);
  let near = f32x4.splat(0.00007875875059);
  near = f32x4.add(f32x4.mul(near, z), f32x4.splat(-0.0008016864286));
  near = f32x4.add(f32x4.mul(near, z), f32x4.splat(0.005189087423));
  near = f32x4.add(f32x4.mul(near, z), f32x4.splat(-0.02685421201));
  near = f32x4.add(f32x4.mul(near, z), f32x4.splat(0.1128359472));
  near = f32x4.add(f32x4.mul(near, z), f32x4.splat(-0.3761262667));
  near = f32x4.mul(f32x4.add(f32x4.mul(near, z), f32x4.splat(1.128379166)), x);
  const magnitude = f32x4.abs(x);
  const m = f32x4.min(magnitude, f32x4.splat(4));
  let y = f32x4.splat(0.000001637151454);
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-0.00004605804350));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(0.0005968056327));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-0.004759596328));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(0.02642113611));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-0.1100800831));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-0.6318260514));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-1.130233435));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(0.0003201380792));
  const far = v128.or(f32x4.sub(f32x4.splat(1), exp(y)), v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(near, far, f32x4.lt(magnitude, f32x4.splat(1)));
}
