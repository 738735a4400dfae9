// Products by shifts and additions, for weights that are sums of few powers of two (APoT, arXiv 1909.13144, section 3): the
// operands of all weights with the same power and sign are added up, 16 pixels at a time, then doubled as often as is due.
import { Epilogue, finish } from './epilogue';

/** Pixels at a time. */
const PIXELS: i32 = 16;

/** Operands, -128 to 127 each, whose sum fits in 16 bits. */
const MOST: i32 = 255;

/** In the second number of a chunk: its sum is taken away; it is the output's last. */
const MINUS: i32 = 256;
const LAST: i32 = 512;

/** The sums of one output, 32 bytes a pixel, from chunks at `w`; where the next output's begin. */
function shiftSums(columns: usize, w: usize, to: usize): usize {
  const zero = i32x4.splat(0);
  let t0 = zero, t1 = zero, t2 = zero, t3 = zero;
  for (;;) {
    const count = <usize>load<u16>(w), what = <i32>load<u16>(w, 2);
    let left = zero, right = zero;
    w += 4;
    for (const end = w + (count << 1); w < end; w += 2) {
      const at = columns + (<usize>load<u16>(w) << 5);
      left = i16x8.add(left, v128.load(at)); right = i16x8.add(right, v128.load(at, 16));
    }
    const places = what & 255;
    t0 = i32x4.shl(t0, places); t1 = i32x4.shl(t1, places); t2 = i32x4.shl(t2, places); t3 = i32x4.shl(t3, places);
    if (what & MINUS) {
      left = i16x8.neg(left); right = i16x8.neg(right);
    }
    t0 = i32x4.add(t0, i32x4.extend_low_i16x8_s(left)); t1 = i32x4.add(t1, i32x4.extend_high_i16x8_s(left));
    t2 = i32x4.add(t2, i32x4.extend_low_i16x8_s(right)); t3 = i32x4.add(t3, i32x4.extend_high_i16x8_s(right));
    if (what & LAST) break;
  }
  storeLanes(to, t0); storeLanes(to + 128, t1); storeLanes(to + 256, t2); storeLanes(to + 384, t3);
  return w;
}

function storeLanes(to: usize, sums: v128): void {
  v128.store32_lane(to, sums, 0); v128.store32_lane(to, sums, 1, 32);
  v128.store32_lane(to, sums, 2, 64); v128.store32_lane(to, sums, 3, 96);
}

/**
 * The same as `product8` (see product.ts) for rows of `4 * steps` int8 operands that lie `step` bytes apart, of one line. `weights` are
 * those of `packShifts`; `scratch` has 128 bytes a step and 544.
 */
export function productShifts(
  from: usize, columns: i32, line: i32, step: i32, first: i32, count: i32,
  runs: i32, steps: i32, runStride: usize, weights: usize, planes: i32, firstChannel: i32, channels: i32,
  to: usize, epilogue: usize, scratch: usize,
): void {
  const e = changetype<Epilogue>(epilogue);
  const sums = scratch, edge = sums + 512, table = edge + 32;
  for (let s = 0; s < count; s += PIXELS) {
    const pixels = min(count - s, PIXELS);
    for (let p = 0; p < PIXELS; p++) {
      const row = from + <usize>((s + min(p, pixels - 1)) * step);
      let at = table + (<usize>p << 1);
      for (let k: usize = 0; k < <usize>steps << 2; k++) {
        store<i16>(at, <i16>load<i8>(row + k));
        at += 32;
      }
    }
    let w = weights;
    for (let c = 0; c < channels; c += 8) {
      const own = min(channels - c, 8);
      for (let o = 0; o < own; o++) w = shiftSums(table, w, sums + (<usize>o << 2));
      finish(sums, e, first + s, pixels, firstChannel + c, own, to, edge);
    }
  }
}

/**
 * Packs int8 weights `[outputs, channels, taps]` for `productShifts`, operands in the order taps, channels: chunks of a number of operands, how
 * often what was summed up before is doubled with flags, and the operands' places, all of 16 bits.
 */
export function packShifts(from: usize, to: usize, outputs: i32, channels: i32, taps: i32): void {
  for (let o = 0; o < outputs; o++) {
    let places = 0;
    for (let bit = 7; bit >= 0; bit--) {
      for (let minus = 0; minus <= MINUS; minus += MINUS) {
        let count = 0, head = to;
        for (let k = 0; k < channels * taps; k++) {
          const value = <i32>load<i8>(from + <usize>(k % channels * taps + k / channels));
          if ((value < 0) != (minus != 0) || !(abs(value) >> bit & 1)) continue;
          if (count == 0) {
            head = to;
            store<u16>(head, <u16>(places | minus), 2);
            places = 0; to += 4;
          }
          store<u16>(to, <u16>k);
          to += 2; count++;
          store<u16>(head, <u16>count);
          if (count == MOST) count = 0;
        }
      }
      if (bit > 0) places++;
    }
    store<u16>(to, 0); store<u16>(to, <u16>(places | LAST), 2);
    to += 4;
    from += <usize>(channels * taps);
  }
}
