// Batch, instance and layer normalisation.
import { storeLanes } from './lanes';

/** `(x - mean) * factor + shift` on one line. */
function affineLine(x: usize, y: usize, n: i32, mean: f32, factor: f32, shift: f32): void {
  const m = f32x4.splat(mean), f = f32x4.splat(factor), s = f32x4.splat(shift);
  for (let i = 0; i < n; i += 4) {
    storeLanes(y, f32x4.add(f32x4.mul(f32x4.sub(v128.load(x), m), f), s), n - i);
    x += 16; y += 16;
  }
}

/** `(x - mean[c]) / sqrt(variance[c] + epsilon) * scale[c] + shift[c]` on [outer, channels, inner]. */
export function batchNorm(
  x: usize, y: usize, outer: i32, channels: i32, inner: i32,
  scale: usize, shift: usize, mean: usize, variance: usize, epsilon: f64,
): void {
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < channels; c++) {
      const at = <usize>c << 2;
      const factor = <f32>(<f64>load<f32>(scale + at) / sqrt(<f64>load<f32>(variance + at) + epsilon));
      affineLine(x, y, inner, load<f32>(mean + at), factor, load<f32>(shift + at));
      x += <usize>inner << 2; y += <usize>inner << 2;
    }
  }
}

/** Sum of `x` or, around `mean`, of squares, in doubles. */
export function lineSum(x: usize, n: i32, mean: f64, squares: bool): f64 {
  let s0 = f64x2.splat(0), s1 = s0;
  const m = f64x2.splat(mean);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    let low = f64x2.promote_low_f32x4(v128.load64_zero(x));
    let high = f64x2.promote_low_f32x4(v128.load64_zero(x, 8));
    if (squares) {
      low = f64x2.sub(low, m); high = f64x2.sub(high, m);
      low = f64x2.mul(low, low); high = f64x2.mul(high, high);
    }
    s0 = f64x2.add(s0, low); s1 = f64x2.add(s1, high);
    x += 16;
  }
  s0 = f64x2.add(s0, s1);
  let sum = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
  for (; i < n; i++) {
    const v = <f64>load<f32>(x) - mean;
    sum += squares ? v * v : v;
    x += 4;
  }
  return sum;
}

/** Normalises each line of `inner` elements, then scales and shifts per channel. */
export function instanceNorm(
  x: usize, y: usize, outer: i32, channels: i32, inner: i32, scale: usize, shift: usize, epsilon: f64,
): void {
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < channels; c++) {
      const at = <usize>c << 2;
      const mean = lineSum(x, inner, 0, false) / <f64>inner;
      const factor = 1 / sqrt(lineSum(x, inner, mean, true) / <f64>inner + epsilon);
      affineLine(x, y, inner, <f32>mean, <f32>(factor * <f64>load<f32>(scale + at)), load<f32>(shift + at));
      x += <usize>inner << 2; y += <usize>inner << 2;
    }
  }
}

/** Normalises each line of `inner` elements, then scales and, unless `shift` is 0, shifts per element. */
export function layerNorm(
  x: usize, y: usize, outer: i32, inner: i32, scale: usize, shift: usize, epsilon: f64,
): void {
  for (let o = 0; o < outer; o++) {
    const mean = lineSum(x, inner, 0, false) / <f64>inner;
    const factor = 1 / sqrt(lineSum(x, inner, mean, true) / <f64>inner + epsilon);
    const m = f32x4.splat(<f32>mean), f = f32x4.splat(<f32>factor);
    for (let i = 0; i < inner; i += 4) {
      const at = <usize>i << 2;
      let v = f32x4.mul(f32x4.mul(f32x4.sub(v128.load(x + at), m), f), v128.load(scale + at));
      if (shift != 0) v = f32x4.add(v, v128.load(shift + at));
      storeLanes(y + at, v, inner - i);
    }
    x += <usize>inner << 2; y += <usize>inner << 2;
  }
}
