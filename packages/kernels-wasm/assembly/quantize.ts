// Uniform quantization in float32, bit for bit as the reference. Lines of `inner` elements share a
// scale and a zero point; there are `channels` of those, taken in turn.
import { storeLanes } from './lanes';

/** `clamp(round_half_even(x / scale) + zero)`; pmax and pmin so that NaN gives the smallest code. */
// @ts-ignore: decorator
@inline
export function encode(x: v128, scale: v128, zero: v128, low: v128, high: v128): v128 {
  const code = f32x4.add(f32x4.nearest(f32x4.div(x, scale)), zero);
  return f32x4.pmin(f32x4.pmax(low, code), high);
}

export function fakeQuantize(
  x: usize, y: usize, outer: i32, channels: i32, inner: i32,
  scales: usize, zeros: usize, minimum: f32, maximum: f32,
): void {
  const low = f32x4.splat(minimum), high = f32x4.splat(maximum);
  for (let o = 0; o < outer; o++) {
    if (inner == 1) {
      // One scale per element.
      for (let i = 0; i < channels; i += 4) {
        const at = <usize>i << 2;
        const scale = v128.load(scales + at), zero = v128.load(zeros + at);
        const code = encode(v128.load(x + at), scale, zero, low, high);
        storeLanes(y + at, f32x4.mul(f32x4.sub(code, zero), scale), channels - i);
      }
    } else {
      for (let c = 0; c < channels; c++) {
        const at = <usize>c * <usize>inner << 2;
        const scale = v128.load32_splat(scales + (<usize>c << 2)), zero = v128.load32_splat(zeros + (<usize>c << 2));
        for (let i = 0; i < inner; i += 4) {
          const place = at + (<usize>i << 2);
          const code = encode(v128.load(x + place), scale, zero, low, high);
          storeLanes(y + place, f32x4.mul(f32x4.sub(code, zero), scale), inner - i);
        }
      }
    }
    x += <usize>channels * <usize>inner << 2; y += <usize>channels * <usize>inner << 2;
  }
}

/** `bytes` per code: 1 or 2; codes beyond the signed range wrap to the unsigned bit pattern. */
export function quantize(
  x: usize, y: usize, outer: i32, channels: i32, inner: i32,
  scales: usize, zeros: usize, minimum: f32, maximum: f32, bytes: i32,
): void {
  const low = f32x4.splat(minimum), high = f32x4.splat(maximum);
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < channels; c++) {
      const scale = v128.load32_splat(scales + (<usize>c << 2)), zero = v128.load32_splat(zeros + (<usize>c << 2));
      for (let i = 0; i < inner; i += 4) {
        const codes = i32x4.trunc_sat_f32x4_s(encode(v128.load(x), scale, zero, low, high));
        const count = min(inner - i, 4);
        if (bytes == 1) {
          const packed = v128.swizzle(codes, i8x16(0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
          if (count == 4) v128.store32_lane(y, packed, 0);
          else {
            if (count & 2) {
              v128.store16_lane(y, packed, 0);
              if (count & 1) v128.store8_lane(y, packed, 2, 2);
            } else v128.store8_lane(y, packed, 0);
          }
        } else {
          const packed = v128.swizzle(codes, i8x16(0, 1, 4, 5, 8, 9, 12, 13, 0, 0, 0, 0, 0, 0, 0, 0));
          if (count == 4) v128.store64_lane(y, packed, 0);
          else {
            if (count & 2) {
              v128.store32_lane(y, packed, 0);
              if (count & 1) v128.store16_lane(y, packed, 2, 4);
            } else v128.store16_lane(y, packed, 0);
          }
        }
        x += <usize>count << 2; y += count * bytes;
      }
    }
  }
}

class Int8 { @inline read(at: usize): v128 { return i32x4(load<i8>(at), load<i8>(at, 1), load<i8>(at, 2), load<i8>(at, 3)); } }
class Uint8 { @inline read(at: usize): v128 { return i32x4(load<u8>(at), load<u8>(at, 1), load<u8>(at, 2), load<u8>(at, 3)); } }
class Int16 { @inline read(at: usize): v128 { return v128.load_ext<i16>(at); } }
class Uint16 { @inline read(at: usize): v128 { return v128.load_ext<u16>(at); } }

function decode<F>(
  x: usize, y: usize, outer: i32, channels: i32, inner: i32, scales: usize, zeros: usize, bytes: i32,
): void {
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < channels; c++) {
      const scale = v128.load32_splat(scales + (<usize>c << 2)), zero = v128.load32_splat(zeros + (<usize>c << 2));
      for (let i = 0; i < inner; i += 4) {
        const code = f32x4.convert_i32x4_s(changetype<F>(0).read(x));
        const count = min(inner - i, 4);
        storeLanes(y, f32x4.mul(f32x4.sub(code, zero), scale), count);
        x += count * bytes; y += <usize>count << 2;
      }
    }
  }
}

export function dequantizeInt8(x: usize, y: usize, outer: i32, channels: i32, inner: i32, scales: usize, zeros: usize): void {
  decode<Int8>(x, y, outer, channels, inner, scales, zeros, 1);
}
export function dequantizeUint8(x: usize, y: usize, outer: i32, channels: i32, inner: i32, scales: usize, zeros: usize): void {
  decode<Uint8>(x, y, outer, channels, inner, scales, zeros, 1);
}
export function dequantizeInt16(x: usize, y: usize, outer: i32, channels: i32, inner: i32, scales: usize, zeros: usize): void {
  decode<Int16>(x, y, outer, channels, inner, scales, zeros, 2);
}
export function dequantizeUint16(x: usize, y: usize, outer: i32, channels: i32, inner: i32, scales: usize, zeros: usize): void {
  decode<Uint16>(x, y, outer, channels, inner, scales, zeros, 2);
}
