// Softmax along the middle axis of [outer, length, inner].
import { horizontalSum, storeLanes } from './lanes';
import { exp, log } from './math';

/** Lanes below `count` of `v`, `other` in the rest. */
// @ts-ignore: decorator
@inline
export function first(v: v128, count: i32, other: v128): v128 {
  return v128.bitselect(v, other, i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3)));
}

function softmaxLine(x: usize, y: usize, length: i32, logarithm: bool): void {
  const lowest = f32x4.splat(-Infinity);
  let top = lowest;
  for (let i = 0; i < length; i += 4) {
    top = f32x4.max(top, first(v128.load(x + (<usize>i << 2)), length - i, lowest));
  }
  top = f32x4.max(top, v128.shuffle<i32>(top, top, 2, 3, 0, 1));
  top = f32x4.max(top, v128.shuffle<i32>(top, top, 1, 0, 3, 2));
  let sums = f32x4.splat(0);
  for (let i = 0; i < length; i += 4) {
    const shifted = f32x4.sub(v128.load(x + (<usize>i << 2)), top);
    const e = exp(shifted);
    sums = f32x4.add(sums, first(e, length - i, f32x4.splat(0)));
    storeLanes(y + (<usize>i << 2), logarithm ? shifted : e, length - i);
  }
  const sum = f32x4.splat(horizontalSum(sums));
  const norm = logarithm ? log(sum) : sum;
  for (let i = 0; i < length; i += 4) {
    const v = v128.load(y);
    storeLanes(y, logarithm ? f32x4.sub(v, norm) : f32x4.div(v, norm), length - i);
    y += 16;
  }
}

export function softmax(x: usize, y: usize, outer: i32, length: i32, inner: i32, logarithm: bool): void {
  const stride = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    if (inner == 1) softmaxLine(x, y, length, logarithm);
    else {
      for (let i = 0; i < inner; i += 4) {
        const from = x + (<usize>i << 2), to = y + (<usize>i << 2);
        const end = from + <usize>length * stride;
        let top = f32x4.splat(-Infinity);
        for (let at = from; at < end; at += stride) top = f32x4.max(top, v128.load(at));
        let sum = f32x4.splat(0);
        for (let at = from; at < end; at += stride) sum = f32x4.add(sum, exp(f32x4.sub(v128.load(at), top)));
        const norm = logarithm ? log(sum) : sum;
        let target = to;
        for (let at = from; at < end; at += stride) {
          const shifted = f32x4.sub(v128.load(at), top);
          const v = logarithm ? f32x4.sub(shifted, norm) : f32x4.div(exp(shifted), norm);
          storeLanes(target, v, inner - i);
          target += stride;
        }
      }
    }
    x += <usize>length * stride; y += <usize>length * stride;
  }
}
