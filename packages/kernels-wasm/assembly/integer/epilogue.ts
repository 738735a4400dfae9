// From int32 sums to codes or floats; the arithmetic is that of reference/integer/epilogue.ts in `kernels`, step
// by step in float32, so that both give the same bits.

/** What follows the sums, in memory: written by src/integer/epilogue.ts. */
@unmanaged
export class Epilogue {
  /** int32 per channel: bias less what the input's zero point adds. */
  base: usize;
  /** float32 per channel. */
  multiplier: usize;
  /** int32 per pixel: what its sums miss because the weights were moved; 0: nothing. */
  corrections: usize;
  /** Channels of a pixel of the result. */
  channels: i32;
  /** 1: codes, one byte each; 4: float32. */
  bytes: i32;
  /** Bounds: of codes less the zero point, or of floats. */
  low: f32;
  high: f32;
  /** Zero point of the result. */
  zero: i32;
  /** Codes to add, laid out as the result; 0: none. */
  residual: usize;
  residualSigned: i32;
  residualZero: f32;
  residualScale: f32;
  /** 1: the sums are put on a grid of their own before the residual is added. */
  own: i32;
  ownLow: f32;
  ownHigh: f32;
  ownScale: f32;
  /** Step of the result's grid. */
  step: f32;
  /** float32 of each pixel, `sumStride` bytes apart: the sum of its operands, times `offset` of each channel; 0: none. */
  sums: usize;
  sumStride: i32;
  offset: usize;
  /** What is added to each channel besides: the row at `rows`, in bytes from `fixed`, of each pixel (int32). */
  fixed: usize;
  rows: usize;
}

/** 1.5 * 2^23: adding it rounds to whole numbers, half to even, which then are the low bits. */
const MAGIC: f32 = 12582912;
const MAGIC_BITS: i32 = 0x4b400000;

// @ts-ignore: decorator
@inline
export function loadWords(at: usize, signed: i32): v128 {
  return signed ? v128.load_ext<i8>(at) : v128.load_ext<u8>(at);
}

/** Bounds by a comparison each: one instruction where `min` and `max` are several. */
// @ts-ignore: decorator
@inline
export function clamp(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, low), high);
}

// @ts-ignore: decorator
@inline
export function joined(value: v128, codes: v128, e: Epilogue): v128 {
  if (e.own) {
    value = clamp(f32x4.nearest(value), f32x4.splat(e.ownLow), f32x4.splat(e.ownHigh));
    value = f32x4.mul(value, f32x4.splat(e.ownScale));
  }
  const other = f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(codes), f32x4.splat(e.residualZero)), f32x4.splat(e.residualScale));
  value = f32x4.add(value, other);
  return e.bytes == 1 ? f32x4.div(value, f32x4.splat(e.step)) : value;
}

/**
 * Finishes `pixels` pixels from pixel `p` on, channels `c` to `c + count` of at most eight, whose sums lie
 * at `tile`. `edge` has room for 32 bytes.
 */
export function finish(tile: usize, e: Epilogue, p: i32, pixels: i32, c: i32, count: i32, to: usize, edge: usize): void {
  const at = <usize>c << 2;
  const low = f32x4.splat(e.low), high = f32x4.splat(e.high);
  const base0 = v128.load(e.base + at), base1 = v128.load(e.base + at, 16);
  const factor0 = v128.load(e.multiplier + at), factor1 = v128.load(e.multiplier + at, 16);
  const codes = e.bytes == 1, channels = <usize>e.channels, residual = e.residual;
  const magic = f32x4.splat(MAGIC), zero = i32x4.splat(e.zero - MAGIC_BITS);
  let corrections = e.corrections ? e.corrections + (<usize>p << 2) : 0;
  let place = <usize>p * channels + <usize>c, pixel = p;
  for (const end = tile + (<usize>pixels << 5); tile < end; tile += 32) {
    let left = i32x4.add(v128.load(tile), base0), right = i32x4.add(v128.load(tile, 16), base1);
    if (corrections) {
      const correction = v128.load32_splat(corrections);
      left = i32x4.add(left, correction); right = i32x4.add(right, correction);
      corrections += 4;
    }
    left = f32x4.mul(f32x4.convert_i32x4_s(left), factor0);
    right = f32x4.mul(f32x4.convert_i32x4_s(right), factor1);
    if (e.sums) {
      const sum = v128.load32_splat(e.sums + <usize>pixel * <usize>e.sumStride);
      const offset = e.offset + at, row = e.fixed + load<usize>(e.rows + (<usize>pixel << 2)) + at;
      left = f32x4.add(f32x4.add(left, f32x4.mul(sum, v128.load(offset))), v128.load(row));
      right = f32x4.add(f32x4.add(right, f32x4.mul(sum, v128.load(offset, 16))), v128.load(row, 16));
      pixel++;
    }
    if (residual) {
      let from = residual + place;
      if (count < 8) {
        memory.copy(edge, from, count);
        from = edge;
      }
      const words = loadWords(from, e.residualSigned);
      left = joined(left, i32x4.extend_low_i16x8_s(words), e);
      right = joined(right, i32x4.extend_high_i16x8_s(words), e);
    }
    left = clamp(left, low, high); right = clamp(right, low, high);
    if (codes) {
      const words = i16x8.narrow_i32x4_s(
        i32x4.add(f32x4.add(left, magic), zero), i32x4.add(f32x4.add(right, magic), zero),
      );
      const bytes = v128.swizzle(words, i8x16(0, 2, 4, 6, 8, 10, 12, 14, 0, 0, 0, 0, 0, 0, 0, 0));
      if (count == 8) v128.store64_lane(to + place, bytes, 0);
      else {
        v128.store64_lane(edge, bytes, 0);
        for (let k: usize = 0; k < <usize>count; k++) store<u8>(to + place + k, load<u8>(edge + k));
      }
    } else {
      const target = to + (place << 2);
      if (count == 8) {
        v128.store(target, left); v128.store(target, right, 16);
      } else {
        v128.store(edge, left); v128.store(edge, right, 16);
        for (let k: usize = 0; k < <usize>count << 2; k += 4) store<f32>(target + k, load<f32>(edge + k));
      }
    }
    place += channels;
  }
}
