// Products of bit planes. A pixel is a row of words of 32 operands with `K` planes each, side by side (see pack-bits.ts); weights are
// panels of eight channels: for each plane and each half of the panel, a vector of four channels' words for each word of a row.
import { sharedBits } from './binary-sum';
import { Epilogue, finish } from './epilogue';
import { ternarySum } from './ternary-sum';

/** Pixels whose sums wait for their epilogue. */
const STRIP: i32 = 64;

/** Bytes of scratch that the products of planes need. */
export function bitProductScratch(): usize {
  return <usize>STRIP * 36 + 32;
}

/** Bits that a row of `words` words of `planes` planes has, times their weights, times `factor`. */
function weighBits(row: usize, words: i32, planes: i32, factor: i32): i32 {
  let sum = 0;
  for (let k = 0; k < planes; k++) {
    let count = 0;
    for (let i = 0; i < words; i++) count += popcnt<i32>(load<i32>(row + (<usize>(i * planes + k) << 2)));
    sum += count << k;
  }
  return sum * factor;
}

// @ts-ignore: decorator
@inline
export function binary(row: usize, words: i32, w: usize, half: usize, m: i32, k: i32, factors: usize): v128 {
  if (m == 1 && k == 1) return i32x4.mul(sharedBits(row, 4, w, words), v128.load32_splat(factors));
  let sums = i32x4.splat(0);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < k; j++) {
      const shared = sharedBits(row + (<usize>j << 2), <usize>k << 2, w, words);
      sums = i32x4.add(sums, i32x4.shl(i32x4.mul(shared, v128.load32_splat(factors)), j));
    }
    factors += 4; w += half << 1;
  }
  return sums;
}

/**
 * Pixels `first` to `first + count` of a result from their rows at `rows`, of `words` words each. Weights have `m` planes that
 * count `factors` (int32 each), activations `k` planes that count 1, 2, 4 …; `moved` is what was taken from each weight.
 * `m` 0: both are zeros and signs.
 */
export function bitProduct(
  rows: usize, words: i32, first: i32, count: i32, weights: usize, m: i32, k: i32, factors: usize, moved: i32,
  channels: i32, to: usize, epilogue: usize, scratch: usize,
): void {
  const e = changetype<Epilogue>(epilogue);
  const ternary = m == 0;
  const row = <usize>words * <usize>k << 2;
  const half = <usize>words << (ternary ? 5 : 4);
  const panel = (ternary ? 1 : <usize>m) * half << 1;
  const sums = scratch, corrections = sums + (<usize>STRIP << 5), edge = corrections + (<usize>STRIP << 2);
  for (let s = 0; s < count; s += STRIP) {
    const pixels = min(count - s, STRIP);
    if (moved != 0) {
      for (let i = 0; i < pixels; i++) {
        store<i32>(corrections + (<usize>i << 2), weighBits(rows + <usize>i * row, words, k, moved));
      }
    }
    let w = weights;
    for (let c = 0; c < channels; c += 8) {
      let at = rows, to2 = sums;
      for (let i = 0; i < pixels; i++) {
        let left: v128, right: v128;
        if (ternary) {
          left = ternarySum(at, w, words);
          right = ternarySum(at, w + half, words);
        } else {
          left = binary(at, words, w, half, m, k, factors);
          right = binary(at, words, w + half, half, m, k, factors);
          if (moved != 0) {
            const correction = v128.load32_splat(corrections + (<usize>i << 2));
            left = i32x4.add(left, correction); right = i32x4.add(right, correction);
          }
        }
        v128.store(to2, left); v128.store(to2, right, 16);
        at += row; to2 += 32;
      }
      finish(sums, e, first + s, pixels, c, min(channels - c, 8), to, edge);
      w += panel;
    }
    rows += <usize>pixels * row;
  }
}
