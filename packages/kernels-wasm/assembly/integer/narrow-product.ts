// Products of operands of few bits, four pixels by 16 channels at a time, by tables of sums (table-sum.ts) or two to a
// multiplication (pair-sum.ts). A piece of the image is prepared once for all windows that see it.
import { Epilogue, finish } from './epilogue';
import { HALF } from './narrow-sum';
import { pairSums4 } from './pair-sum';
import { storeTables, tableSums1, tableSums4 } from './table-sum';

/**
 * Prepares `columns` pixels, `pixel` bytes apart, of `inputs` channels each: their distance from `lowest`, zeros up to a multiple of 8;
 * `digits` 0: as bytes, 1: in tables, 2: tables of the lower four bits, then of the others. They go to `to`, `step` bytes a pixel, and
 * their sums (int32) to `sums`.
 */
export function prepareNarrow(
  from: usize, pixel: i32, columns: i32, inputs: i32, lowest: i32, digits: i32, to: usize, step: i32, sums: usize,
): void {
  const low = i8x16.splat(<i8>lowest);
  const digitBytes = <usize>(inputs + 7 & ~7) << 2;
  for (let x = 0; x < columns; x++) {
    let total = i32x4.splat(0), at = to;
    for (let c = 0; c < inputs; c += 8) {
      let bytes = i8x16.sub(v128.load64_zero(from + <usize>c), low);
      bytes = v128.and(bytes, i64x2.splat(inputs - c < 8 ? (<i64>1 << (<i64>(inputs - c) << 3)) - 1 : -1));
      // The upper eight bytes are zeros.
      total = i32x4.add(total, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)));
      if (digits == 0) {
        v128.store64_lane(at, bytes, 0);
        at += 8;
        continue;
      }
      if (digits == 2) {
        storeTables(at + digitBytes, i8x16.shr_u(bytes, 4));
        bytes = v128.and(bytes, i8x16.splat(15));
      }
      storeTables(at, bytes);
      at += 32;
    }
    store<i32>(sums, i32x4.extract_lane(total, 0) + i32x4.extract_lane(total, 1));
    from += <usize>pixel; sums += 4; to += <usize>step;
  }
}

/** How prepared pixels and weights lie: written by src/integer/narrow-convolution.ts. */
@unmanaged
export class Narrow {
  /** Panels of 16 channels. */
  weights: usize;
  channels: i32;
  /** Planes of weights and what they count (int32 each); 0: pairs. */
  planes: i32;
  factors: usize;
  digits: i32;
  /** Bytes of a digit of a pixel. */
  digitBytes: i32;
  /** Pairs whose sums fit in a byte. */
  most: i32;
  /** What was taken from each weight. */
  moved: i32;
  /** Runs of `pairs` pairs under a window, and where they begin (int32 each). */
  runs: i32;
  pairs: i32;
  offsets: usize;
  /** Taps of a window, and where their sums are (int32 each). */
  taps: i32;
  sumOffsets: usize;
  /** Bytes between the windows of neighbours, and between their first sums. */
  step: i32;
  sumStep: i32;
}

/**
 * Pixels `first` to `first + count` of a result, those of a line, whose windows begin at `from` and whose sums at `pixelSums`. `scratch`
 * has 16 bytes for each channel, rounded up to 16, and 32.
 */
export function narrowProduct(
  narrow: usize, from: usize, pixelSums: usize, first: i32, count: i32, to: usize, epilogue: usize, scratch: usize,
): void {
  const e = changetype<Epilogue>(epilogue), n = changetype<Narrow>(narrow);
  const sumBytes = <usize>(n.channels + 15 & ~15) << 4;
  const end = scratch + sumBytes;
  const offsets = n.offsets, runs = n.runs, pairs = n.pairs, most = n.most, planes = n.planes;
  const plane = <usize>(runs * pairs) << (planes == 0 ? 5 : 4);
  for (let at = 0; at < count; at += 4) {
    const pixels = min(count - at, 4);
    for (let i = 0; i < pixels; i++) {
      let sum = 0;
      if (n.moved != 0) {
        for (let tap = 0; tap < n.taps; tap++) sum += load<i32>(pixelSums + load<usize>(n.sumOffsets + (<usize>tap << 2)));
        sum *= n.moved;
        pixelSums += <usize>n.sumStep;
      }
      const start = i32x4.splat(sum);
      for (let place = scratch + (<usize>i << 5); place < end; place += HALF) {
        v128.store(place, start); v128.store(place, start, 16);
      }
    }
    // The last tile computes its last pixel several times.
    const step = <usize>n.step;
    let p0 = from, p1 = from + (pixels > 1 ? step : 0), p2 = p1 + (pixels > 2 ? step : 0), p3 = p2 + (pixels > 3 ? step : 0);
    from = p3 + step;
    for (let digit = 0; digit < n.digits; digit++) {
      let w = n.weights;
      for (let sums = scratch; sums < end; sums += 2 * HALF) {
        if (planes == 0) {
          pairSums4(p0, p1, p2, p3, offsets, runs, pairs, w, most, sums);
          w += plane;
        }
        for (let m = 0; m < planes; m++) {
          const factor = load<i32>(n.factors + (<usize>m << 2)) << (digit << 2);
          if (pixels == 1) tableSums1(p0, offsets, runs, pairs, w, most, factor, sums);
          else tableSums4(p0, p1, p2, p3, offsets, runs, pairs, w, most, factor, sums);
          w += plane;
        }
      }
      p0 += <usize>n.digitBytes; p1 += <usize>n.digitBytes; p2 += <usize>n.digitBytes; p3 += <usize>n.digitBytes;
    }
    for (let c = 0; c < n.channels; c += 8) {
      finish(scratch + (<usize>c << 4), e, first + at, pixels, c, min(n.channels - c, 8), to, end);
    }
  }
}

/**
 * Packs int8 weights `[outputs, channels, taps]` in panels of 16 outputs for `narrowProduct`, operands in the order taps, channels, the
 * latter in whole eights: for each of `planes` planes and eight operands a byte of each output, the first eight outputs and the
 * others in turns; or pairs of bytes, the second operand first (`planes` 0). `lowest` is taken from each weight, then it is divided by `step`.
 */
export function packNarrow(
  from: usize, to: usize, outputs: i32, channels: i32, taps: i32, planes: i32, lowest: i32, step: i32,
): void {
  const whole = channels + 7 & ~7;
  const each = planes ? 8 : 2;
  for (let first = 0; first < outputs; first += 16) {
    for (let m = 0; m < max(planes, 1); m++) {
      for (let start = 0; start < taps * whole; start += each) {
        const tap = start / whole;
        for (let j = 0; j < 16; j++) {
          const o = first + (planes ? (j >> 1) + ((j & 1) << 3) : j);
          let bits = 0;
          for (let i = 0; i < each; i++) {
            const c = start % whole + i;
            if (o >= outputs || c >= channels) continue;
            const value = (load<i8>(from + <usize>((o * channels + c) * taps + tap)) - lowest) / step;
            bits |= planes ? (value >> m & 1) << i : value << (8 - (i << 3));
          }
          if (planes) store<u8>(to++, <u8>bits);
          else {
            store<u16>(to, <u16>bits);
            to += 2;
          }
        }
      }
    }
  }
}
