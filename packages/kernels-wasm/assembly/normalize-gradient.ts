// Statistics of batch normalisation, and the gradients of the normalisations. Lines are short enough
// for the first-level cache; what lines have in common is added up in doubles.
import { multiplyAdd } from './fma';
import { horizontalSum, storeLanes } from './lanes';
import { lineSum } from './normalize';
import { first } from './softmax';

/** Elements added in single precision before they go to a double. */
const BLOCK: i32 = 2048;

/** Results of `products`: sums of `g` and of `g * (x - mean)`. */
let total: f64 = 0;
let product: f64 = 0;

/** Sums of `g`, times `scale` unless that is 0, alone and with `x - mean`. */
function products(x: usize, g: usize, scale: usize, n: i32, mean: f32): void {
  const m = f32x4.splat(mean);
  total = 0; product = 0;
  for (let start = 0; start < n; start += BLOCK) {
    const count = min(n - start, BLOCK);
    let s0 = f32x4.splat(0), s1 = s0, p0 = s0, p1 = s0;
    let i = 0;
    for (; i + 8 <= count; i += 8) {
      let g0 = v128.load(g), g1 = v128.load(g, 16);
      if (scale != 0) {
        g0 = f32x4.mul(g0, v128.load(scale)); g1 = f32x4.mul(g1, v128.load(scale, 16));
        scale += 32;
      }
      s0 = f32x4.add(s0, g0); s1 = f32x4.add(s1, g1);
      p0 = multiplyAdd(g0, f32x4.sub(v128.load(x), m), p0);
      p1 = multiplyAdd(g1, f32x4.sub(v128.load(x, 16), m), p1);
      x += 32; g += 32;
    }
    for (; i < count; i += 4) {
      const left = count - i;
      let g0 = first(v128.load(g), left, f32x4.splat(0));
      if (scale != 0) {
        g0 = f32x4.mul(g0, first(v128.load(scale), left, f32x4.splat(0)));
        scale += 16;
      }
      s0 = f32x4.add(s0, g0);
      p0 = multiplyAdd(g0, f32x4.sub(first(v128.load(x), left, m), m), p0);
      x += 16; g += 16;
    }
    total += <f64>horizontalSum(f32x4.add(s0, s1));
    product += <f64>horizontalSum(f32x4.add(p0, p1));
  }
}

/** `y = a * g + b * (x - mean) + c`, `g` times `scale` unless that is 0. */
function combine(x: usize, g: usize, scale: usize, y: usize, n: i32, mean: f32, a: f64, b: f64, c: f64): void {
  const m = f32x4.splat(mean), va = f32x4.splat(<f32>a), vb = f32x4.splat(<f32>b), vc = f32x4.splat(<f32>c);
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    let slope = v128.load(g + at);
    if (scale != 0) slope = f32x4.mul(slope, v128.load(scale + at));
    const common = multiplyAdd(vb, f32x4.sub(v128.load(x + at), m), vc);
    storeLanes(y + at, multiplyAdd(va, slope, common), n - i);
  }
}

/**
 * Mean and biased variance of the channels from `begin` to `end` of [outer, channels, inner] to `y`
 * [2, channels].
 */
export function batchNormStatistics(
  x: usize, y: usize, outer: i32, channels: i32, inner: i32, begin: i32, end: i32,
): void {
  const stride = <usize>channels * <usize>inner << 2;
  for (let c = begin; c < end; c++) {
    let line = x + (<usize>c * <usize>inner << 2);
    let mean: f64 = 0, squares: f64 = 0, seen: f64 = 0;
    const count = <f64>inner;
    // Chan, Golub and LeVeque, 1983: each line around its own mean, then merged.
    for (let o = 0; o < outer; o++) {
      const own = lineMean(line, inner);
      const delta = own - mean;
      const all = seen + count;
      squares += lineSquares(line, inner, own) + delta * delta * seen * count / all;
      mean += delta * count / all;
      seen = all;
      line += stride;
    }
    store<f32>(y + (<usize>c << 2), <f32>mean);
    store<f32>(y + (<usize>(channels + c) << 2), <f32>(squares / seen));
  }
}

function lineMean(x: usize, n: i32): f64 {
  products(x, x, 0, n, 0);
  return total / <f64>n;
}

/** Sum of squares around `mean`; what rounding it leaves of the sum is taken off. */
function lineSquares(x: usize, n: i32, mean: f64): f64 {
  const rounded = <f32>mean;
  const m = f32x4.splat(rounded);
  let sum: f64 = 0;
  for (let start = 0; start < n; start += BLOCK) {
    const count = min(n - start, BLOCK);
    let s0 = f32x4.splat(0), s1 = s0;
    let i = 0;
    for (; i + 8 <= count; i += 8) {
      const d0 = f32x4.sub(v128.load(x), m), d1 = f32x4.sub(v128.load(x, 16), m);
      s0 = multiplyAdd(d0, d0, s0); s1 = multiplyAdd(d1, d1, s1);
      x += 32;
    }
    for (; i < count; i += 4) {
      const d0 = f32x4.sub(first(v128.load(x), count - i, m), m);
      s0 = multiplyAdd(d0, d0, s0);
      x += 16;
    }
    sum += <f64>horizontalSum(f32x4.add(s0, s1));
  }
  const shift = <f64>rounded - mean;
  return sum - shift * shift * <f64>n;
}

/** Sums of the gradient, and of it times the normalised `x`, per channel as above. */
export function batchNormParameterGradient(
  x: usize, g: usize, statistics: usize, y: usize, outer: i32, channels: i32, inner: i32,
  begin: i32, end: i32, epsilon: f64,
): void {
  const stride = <usize>channels * <usize>inner << 2;
  for (let c = begin; c < end; c++) {
    let at = <usize>c * <usize>inner << 2;
    const mean = load<f32>(statistics + (<usize>c << 2));
    const factor = 1 / sqrt(<f64>load<f32>(statistics + (<usize>(channels + c) << 2)) + epsilon);
    let sum: f64 = 0, weighted: f64 = 0;
    for (let o = 0; o < outer; o++) {
      products(x + at, g + at, 0, inner, mean);
      sum += total; weighted += product;
      at += stride;
    }
    store<f32>(y + (<usize>c << 2), <f32>sum);
    store<f32>(y + (<usize>(channels + c) << 2), <f32>(weighted * factor));
  }
}

/** On `outer` images of a batch with `count` elements per channel. */
export function batchNormInputGradient(
  x: usize, g: usize, scale: usize, statistics: usize, sums: usize, y: usize,
  outer: i32, channels: i32, inner: i32, count: f64, epsilon: f64,
): void {
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < channels; c++) {
      const one = <usize>c << 2, two = <usize>(channels + c) << 2;
      const factor = 1 / sqrt(<f64>load<f32>(statistics + two) + epsilon);
      const a = factor * <f64>load<f32>(scale + one);
      const b = -a * factor * <f64>load<f32>(sums + two) / count;
      combine(x, g, 0, y, inner, load<f32>(statistics + one), a, b, -a * <f64>load<f32>(sums + one) / count);
      const bytes = <usize>inner << 2;
      x += bytes; g += bytes; y += bytes;
    }
  }
}

/** Gradient of one line of `n` elements normalised by itself; `factor` goes to the whole. */
function lineGradient(x: usize, g: usize, scale: usize, y: usize, n: i32, epsilon: f64, weight: f64): void {
  const count = <f64>n;
  const mean = lineSum(x, n, 0, false) / count;
  const factor = 1 / sqrt(lineSum(x, n, mean, true) / count + epsilon);
  products(x, g, scale, n, <f32>mean);
  const a = factor * weight;
  combine(x, g, scale, y, n, <f32>mean, a, -a * factor * factor * product / count, -a * total / count);
}

export function instanceNormInputGradient(
  x: usize, g: usize, scale: usize, y: usize, outer: i32, channels: i32, inner: i32, epsilon: f64,
): void {
  const bytes = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < channels; c++) {
      lineGradient(x, g, 0, y, inner, epsilon, <f64>load<f32>(scale + (<usize>c << 2)));
      x += bytes; g += bytes; y += bytes;
    }
  }
}

export function instanceNormParameterGradient(
  x: usize, g: usize, y: usize, outer: i32, channels: i32, inner: i32, epsilon: f64,
): void {
  const stride = <usize>channels * <usize>inner << 2;
  for (let c = 0; c < channels; c++) {
    let at = <usize>c * <usize>inner << 2;
    let sum: f64 = 0, weighted: f64 = 0;
    for (let o = 0; o < outer; o++) {
      const mean = lineSum(x + at, inner, 0, false) / <f64>inner;
      const factor = 1 / sqrt(lineSum(x + at, inner, mean, true) / <f64>inner + epsilon);
      products(x + at, g + at, 0, inner, <f32>mean);
      sum += total; weighted += product * factor;
      at += stride;
    }
    store<f32>(y + (<usize>c << 2), <f32>sum);
    store<f32>(y + (<usize>(channels + c) << 2), <f32>weighted);
  }
}

export function layerNormInputGradient(
  x: usize, g: usize, scale: usize, y: usize, outer: i32, inner: i32, epsilon: f64,
): void {
  const bytes = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    lineGradient(x, g, scale, y, inner, epsilon, 1);
    x += bytes; g += bytes; y += bytes;
  }
}

/** Adds to `sums` and `weighted`, `inner` elements each. */
export function layerNormParameterGradient(
  x: usize, g: usize, sums: usize, weighted: usize, outer: i32, inner: i32, epsilon: f64,
): void {
  const bytes = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    const mean = lineSum(x, inner, 0, false) / <f64>inner;
    const factor = 1 / sqrt(lineSum(x, inner, mean, true) / <f64>inner + epsilon);
    const m = f32x4.splat(<f32>mean), f = f32x4.splat(<f32>factor);
    for (let i = 0; i < inner; i += 4) {
      const at = <usize>i << 2;
      const slope = v128.load(g + at);
      storeLanes(sums + at, f32x4.add(v128.load(sums + at), slope), inner - i);
      const normal = f32x4.mul(f32x4.sub(v128.load(x + at), m), f);
      storeLanes(weighted + at, multiplyAdd(slope, normal, v128.load(weighted + at)), inner - i);
    }
    x += bytes; g += bytes;
  }
}
