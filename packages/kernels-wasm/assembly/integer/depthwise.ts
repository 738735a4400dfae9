// One channel a group: eight channels of four pixels at a time, two taps at a time.
import { Epilogue, finish } from './epilogue';
import { weightSums } from './prepare';

/** Packs int8 weights `[channels, taps]` into `[channels / 8, taps / 2, 8, 2]` int16, zeros where there are none. */
export function packDepthwise(from: usize, to: usize, channels: i32, taps: i32, sums: usize): void {
  for (let first = 0; first < channels; first += 8) {
    for (let tap = 0; tap < taps; tap += 2) {
      for (let c = first; c < first + 8; c++) {
        for (let i = tap; i < tap + 2; i++) {
          const there = c < channels && i < taps;
          store<i16>(to, there ? <i16>load<i8>(from + <usize>(c * taps + i)) : 0);
          to += 2;
        }
      }
    }
  }
  weightSums(from, channels, taps, sums);
}

/** Sums of eight channels of the four pixels at `p0` to `p3`; `offsets`: byte offset of each tap, an even number. */
function tile(p0: usize, p1: usize, p2: usize, p3: usize, offsets: usize, taps: i32, w: usize, to: usize): void {
  let s00 = i32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  for (let tap = 0; tap < taps; tap += 2) {
    const a = load<usize>(offsets), b = load<usize>(offsets, 4);
    const w0 = v128.load(w), w1 = v128.load(w, 16);
    let x = v128.load(p0 + a), y = v128.load(p0 + b);
    s00 = i32x4.add(s00, i32x4.dot_i16x8_s(v128.shuffle<i16>(x, y, 0, 8, 1, 9, 2, 10, 3, 11), w0));
    s01 = i32x4.add(s01, i32x4.dot_i16x8_s(v128.shuffle<i16>(x, y, 4, 12, 5, 13, 6, 14, 7, 15), w1));
    x = v128.load(p1 + a); y = v128.load(p1 + b);
    s10 = i32x4.add(s10, i32x4.dot_i16x8_s(v128.shuffle<i16>(x, y, 0, 8, 1, 9, 2, 10, 3, 11), w0));
    s11 = i32x4.add(s11, i32x4.dot_i16x8_s(v128.shuffle<i16>(x, y, 4, 12, 5, 13, 6, 14, 7, 15), w1));
    x = v128.load(p2 + a); y = v128.load(p2 + b);
    s20 = i32x4.add(s20, i32x4.dot_i16x8_s(v128.shuffle<i16>(x, y, 0, 8, 1, 9, 2, 10, 3, 11), w0));
    s21 = i32x4.add(s21, i32x4.dot_i16x8_s(v128.shuffle<i16>(x, y, 4, 12, 5, 13, 6, 14, 7, 15), w1));
    x = v128.load(p3 + a); y = v128.load(p3 + b);
    s30 = i32x4.add(s30, i32x4.dot_i16x8_s(v128.shuffle<i16>(x, y, 0, 8, 1, 9, 2, 10, 3, 11), w0));
    s31 = i32x4.add(s31, i32x4.dot_i16x8_s(v128.shuffle<i16>(x, y, 4, 12, 5, 13, 6, 14, 7, 15), w1));
    offsets += 8; w += 32;
  }
  v128.store(to, s00); v128.store(to, s01, 16);
  v128.store(to, s10, 32); v128.store(to, s11, 48);
  v128.store(to, s20, 64); v128.store(to, s21, 80);
  v128.store(to, s30, 96); v128.store(to, s31, 112);
}

/**
 * Lines `first` to `first + rows` of a depthwise convolution of int16 images whose line 0 begins at `from`, `padded`
 * channels to a pixel, a multiple of eight.
 */
export function integerDepthwise(
  from: usize, line: i32, step: i32, first: i32, rows: i32, columns: i32, channels: i32,
  offsets: usize, taps: i32, weights: usize, to: usize, epilogue: usize, scratch: usize,
): void {
  const e = changetype<Epilogue>(epilogue);
  const edge = scratch + 256;
  const panel = <usize>(taps + 1 >> 1) << 5;
  for (let y = first; y < first + rows; y++) {
    const start = from + <usize>y * <usize>line;
    let w = weights;
    for (let c = 0; c < channels; c += 8) {
      const begin = start + (<usize>c << 1);
      for (let x = 0; x < columns; x += 4) {
        const last = columns - 1;
        tile(
          begin + <usize>x * <usize>step, begin + <usize>min(x + 1, last) * <usize>step,
          begin + <usize>min(x + 2, last) * <usize>step, begin + <usize>min(x + 3, last) * <usize>step,
          offsets, taps, w, scratch,
        );
        finish(scratch, e, y * columns + x, min(columns - x, 4), c, min(channels - c, 8), to, edge);
      }
      w += panel;
    }
  }
}
