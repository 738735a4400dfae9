// Straight-through gradients of uniform fake quantization; lines as in quantize.ts.
import { storeLanes } from './lanes';

/** Gradient with respect to `x`: passed where the code lies within the limits. */
class Pass {
  @inline apply(x: v128, g: v128, scale: v128, zero: v128, low: v128, high: v128): v128 {
    const code = f32x4.add(f32x4.nearest(f32x4.div(x, scale)), zero);
    return v128.and(v128.and(f32x4.ge(code, low), f32x4.le(code, high)), g);
  }
}

/** Its share in the gradient with respect to the scale. */
class Slope {
  @inline apply(x: v128, g: v128, scale: v128, zero: v128, low: v128, high: v128): v128 {
    const ratio = f32x4.div(x, scale);
    const rounded = f32x4.nearest(ratio);
    const code = f32x4.add(rounded, zero);
    const inside = v128.bitselect(f32x4.sub(rounded, ratio), f32x4.sub(low, zero), f32x4.ge(code, low));
    return f32x4.mul(g, v128.bitselect(f32x4.sub(high, zero), inside, f32x4.gt(code, high)));
  }
}

function map<F>(
  x: usize, g: usize, y: usize, outer: i32, channels: i32, inner: i32,
  scales: usize, zeros: usize, minimum: f32, maximum: f32,
): void {
  const low = f32x4.splat(minimum), high = f32x4.splat(maximum);
  for (let o = 0; o < outer; o++) {
    if (inner == 1) {
      // One scale per element.
      for (let i = 0; i < channels; i += 4) {
        const at = <usize>i << 2;
        const scale = v128.load(scales + at), zero = v128.load(zeros + at);
        storeLanes(y + at, changetype<F>(0).apply(v128.load(x + at), v128.load(g + at), scale, zero, low, high), channels - i);
      }
    } else {
      for (let c = 0; c < channels; c++) {
        const start = <usize>c * <usize>inner << 2;
        const scale = v128.load32_splat(scales + (<usize>c << 2)), zero = v128.load32_splat(zeros + (<usize>c << 2));
        for (let i = 0; i < inner; i += 4) {
          const at = start + (<usize>i << 2);
          storeLanes(y + at, changetype<F>(0).apply(v128.load(x + at), v128.load(g + at), scale, zero, low, high), inner - i);
        }
      }
    }
    const bytes = <usize>channels * <usize>inner << 2;
    x += bytes; g += bytes; y += bytes;
  }
}

export function fakeQuantizeGradient(
  x: usize, g: usize, y: usize, outer: i32, channels: i32, inner: i32,
  scales: usize, zeros: usize, minimum: f32, maximum: f32,
): void {
  map<Pass>(x, g, y, outer, channels, inner, scales, zeros, minimum, maximum);
}

export function fakeQuantizeSlopes(
  x: usize, g: usize, y: usize, outer: i32, channels: i32, inner: i32,
  scales: usize, zeros: usize, minimum: f32, maximum: f32,
): void {
  map<Slope>(x, g, y, outer, channels, inner, scales, zeros, minimum, maximum);
}
