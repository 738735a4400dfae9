// Gradients of softmax and its logarithm.
import { horizontalSum, storeLanes } from './lanes';
import { exp } from './math';
import { first } from './softmax';

/** Gradient of softmax, or of its logarithm, along the middle axis of [outer, length, inner]. */
export function softmaxGradient(
  y: usize, g: usize, to: usize, outer: i32, length: i32, inner: i32, logarithm: bool,
): void {
  const stride = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    if (inner == 1) softmaxLine(y, g, to, length, logarithm);
    else {
      for (let i = 0; i < inner; i += 4) {
        let at = <usize>i << 2;
        const end = at + <usize>length * stride;
        let sum = f32x4.splat(0);
        for (let k = at; k < end; k += stride) sum = f32x4.add(sum, part(v128.load(y + k), v128.load(g + k), logarithm));
        for (; at < end; at += stride) {
          storeLanes(to + at, slope(v128.load(y + at), v128.load(g + at), sum, logarithm), inner - i);
        }
      }
    }
    const bytes = <usize>length * stride;
    y += bytes; g += bytes; to += bytes;
  }
}

function softmaxLine(y: usize, g: usize, to: usize, length: i32, logarithm: bool): void {
  let sums = f32x4.splat(0);
  for (let i = 0; i < length; i += 4) {
    const at = <usize>i << 2;
    sums = f32x4.add(sums, first(part(v128.load(y + at), v128.load(g + at), logarithm), length - i, f32x4.splat(0)));
  }
  const sum = f32x4.splat(horizontalSum(sums));
  for (let i = 0; i < length; i += 4) {
    const at = <usize>i << 2;
    storeLanes(to + at, slope(v128.load(y + at), v128.load(g + at), sum, logarithm), length - i);
  }
}

// @ts-ignore: decorator
@inline
export function part(y: v128, g: v128, logarithm: bool): v128 {
  return logarithm ? g : f32x4.mul(g, y);
}

// @ts-ignore: decorator
@inline
export function slope(y: v128, g: v128, sum: v128, logarithm: bool): v128 {
  return logarithm ? f32x4.sub(g, f32x4.mul(exp(y), sum)) : f32x4.mul(y, f32x4.sub(g, sum));
}
