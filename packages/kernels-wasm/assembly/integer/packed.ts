// Products of a few rows of codes with weights that stay packed: 1, 2, 3, 4 or 8 bits each, unpacked in registers.
//
// A panel is 16 outputs; its blocks take 8 operands each, two steps of 4, in `16 * bits` bytes. Vector `j` (0 to 3) of step
// `t` has outputs `4 j` to `4 j + 3`, 4 operands side by side for each. Where it lies says its class below.
import { Epilogue, finish } from './epilogue';

/** Outputs of a panel. */
export const PANEL: i32 = 16;

/** Nibbles: two vectors to 16 bytes. */
export class FourBits {
  // @ts-ignore: decorator
  @inline get(w: usize, t: usize, j: usize): v128 {
    const pair = v128.load(w + (t << 5) + (j >> 1 << 4));
    return v128.and(j & 1 ? i16x8.shr_u(pair, 4) : pair, i8x16.splat(15));
  }
  // @ts-ignore: decorator
  @inline bytes(): usize { return 64; }
  // @ts-ignore: decorator
  @inline wide(): bool { return !ASC_FEATURE_RELAXED_SIMD; }
}

/** All vectors of a step in 16 bytes. */
export class TwoBits {
  // @ts-ignore: decorator
  @inline get(w: usize, t: usize, j: usize): v128 {
    const four = v128.load(w + (t << 4));
    return v128.and(j ? i16x8.shr_u(four, <i32>j << 1) : four, i8x16.splat(3));
  }
  // @ts-ignore: decorator
  @inline bytes(): usize { return 32; }
  // @ts-ignore: decorator
  @inline wide(): bool { return !ASC_FEATURE_RELAXED_SIMD; }
}

/** All vectors of a block in 16 bytes. */
export class OneBit {
  // @ts-ignore: decorator
  @inline get(w: usize, t: usize, j: usize): v128 {
    const eight = v128.load(w);
    const bit = <i32>(t << 2) + <i32>j;
    return v128.and(bit ? i16x8.shr_u(eight, bit) : eight, i8x16.splat(1));
  }
  // @ts-ignore: decorator
  @inline bytes(): usize { return 16; }
  // @ts-ignore: decorator
  @inline wide(): bool { return !ASC_FEATURE_RELAXED_SIMD; }
}

/** The lower two bits as with two, the upper ones behind them as with one. */
export class ThreeBits {
  // @ts-ignore: decorator
  @inline get(w: usize, t: usize, j: usize): v128 {
    const four = v128.load(w + (t << 4)), eight = v128.load(w, 32);
    const low = v128.and(j ? i16x8.shr_u(four, <i32>j << 1) : four, i8x16.splat(3));
    const bit = <i32>(t << 2) + <i32>j;
    const moved = bit < 2 ? i16x8.shl(eight, 2 - bit) : i16x8.shr_u(eight, bit - 2);
    return v128.or(low, v128.and(moved, i8x16.splat(4)));
  }
  // @ts-ignore: decorator
  @inline bytes(): usize { return 48; }
  // @ts-ignore: decorator
  @inline wide(): bool { return !ASC_FEATURE_RELAXED_SIMD; }
}

/** A vector in 16 bytes. The dot product takes seven bits at most. */
export class EightBits {
  // @ts-ignore: decorator
  @inline get(w: usize, t: usize, j: usize): v128 { return v128.load(w + (t << 6) + (j << 4)); }
  // @ts-ignore: decorator
  @inline bytes(): usize { return 128; }
  // @ts-ignore: decorator
  @inline wide(): bool { return true; }
}

// @ts-ignore: decorator
@inline
export function dot(x: v128, w: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(x, w, sum);
  return unreachable();
}

/** Adds four int16 activations, twice in `x`, times the lower or upper half of `w`, pairs apart. */
// @ts-ignore: decorator
@inline
export function dotLow(x: v128, w: v128, sum: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(w), x));
}
// @ts-ignore: decorator
@inline
export function dotHigh(x: v128, w: v128, sum: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(w), x));
}
// @ts-ignore: decorator
@inline
export function joinPairs(a: v128, b: v128): v128 {
  return i32x4.add(v128.shuffle<i32>(a, b, 0, 2, 4, 6), v128.shuffle<i32>(a, b, 1, 3, 5, 7));
}

/**
 * Sums of one row with 16 outputs, `start` among them. Activations are int8, or int16 where `wide` says so: without relaxed
 * SIMD, and for eight bits, which would take two dot products whose results wait for each other.
 */
// @ts-ignore: decorator
@inline
export function sumRow<U>(x: usize, blocks: i32, w: usize, start: v128, to: usize): void {
  const u = changetype<U>(0);
  const zero = i32x4.splat(0);
  let s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero;
  for (let i = 0; i < blocks; i++) {
    if (u.wide()) {
      let a = v128.load64_splat(x);
      let c = u.get(w, 0, 0);
      s0 = dotLow(a, c, s0); s1 = dotHigh(a, c, s1);
      c = u.get(w, 0, 1);
      s2 = dotLow(a, c, s2); s3 = dotHigh(a, c, s3);
      c = u.get(w, 0, 2);
      s4 = dotLow(a, c, s4); s5 = dotHigh(a, c, s5);
      c = u.get(w, 0, 3);
      s6 = dotLow(a, c, s6); s7 = dotHigh(a, c, s7);
      a = v128.load64_splat(x, 8);
      c = u.get(w, 1, 0);
      s0 = dotLow(a, c, s0); s1 = dotHigh(a, c, s1);
      c = u.get(w, 1, 1);
      s2 = dotLow(a, c, s2); s3 = dotHigh(a, c, s3);
      c = u.get(w, 1, 2);
      s4 = dotLow(a, c, s4); s5 = dotHigh(a, c, s5);
      c = u.get(w, 1, 3);
      s6 = dotLow(a, c, s6); s7 = dotHigh(a, c, s7);
      x += 16;
    } else {
      const a = v128.load32_splat(x), b = v128.load32_splat(x, 4);
      s0 = dot(a, u.get(w, 0, 0), s0); s1 = dot(a, u.get(w, 0, 1), s1);
      s2 = dot(a, u.get(w, 0, 2), s2); s3 = dot(a, u.get(w, 0, 3), s3);
      s4 = dot(b, u.get(w, 1, 0), s4); s5 = dot(b, u.get(w, 1, 1), s5);
      s6 = dot(b, u.get(w, 1, 2), s6); s7 = dot(b, u.get(w, 1, 3), s7);
      x += 8;
    }
    w += u.bytes();
  }
  if (u.wide()) {
    s0 = joinPairs(s0, s1); s1 = joinPairs(s2, s3); s2 = joinPairs(s4, s5); s3 = joinPairs(s6, s7);
  } else {
    s0 = i32x4.add(s0, s4); s1 = i32x4.add(s1, s5); s2 = i32x4.add(s2, s6); s3 = i32x4.add(s3, s7);
  }
  v128.store(to, i32x4.add(s0, start)); v128.store(to, i32x4.add(s1, start), 16);
  v128.store(to, i32x4.add(s2, start), 32); v128.store(to, i32x4.add(s3, start), 48);
}

function codes<U>(
  x: usize, stride: usize, rows: i32, blocks: i32, weights: usize,
  first: i32, end: i32, outputs: i32, to: usize, e: Epilogue, scratch: usize,
): void {
  const edge = scratch + 64;
  const bytes = <usize>blocks * changetype<U>(0).bytes();
  for (let panel = first; panel < end; panel++) {
    const w = weights + <usize>panel * bytes;
    const c = panel * PANEL;
    let from = x;
    for (let row = 0; row < rows; row++) {
      sumRow<U>(from, blocks, w, i32x4.splat(0), scratch);
      finish(scratch, e, row, 1, c, min(outputs - c, 8), to, edge);
      if (outputs - c > 8) finish(scratch + 32, e, row, 1, c + 8, min(outputs - c - 8, 8), to, edge);
      from += stride;
    }
  }
}

/**
 * Rows of codes times panels `first` to `end`, with what follows integer sums. `stride`: bytes from row to row of `x`;
 * `scratch`: 128 bytes.
 */
export function packedCodes(
  x: usize, stride: usize, rows: i32, bits: i32, blocks: i32, weights: usize,
  first: i32, end: i32, outputs: i32, to: usize, epilogue: usize, scratch: usize,
): void {
  const e = changetype<Epilogue>(epilogue);
  if (bits == 4) codes<FourBits>(x, stride, rows, blocks, weights, first, end, outputs, to, e, scratch);
  else if (bits == 3) codes<ThreeBits>(x, stride, rows, blocks, weights, first, end, outputs, to, e, scratch);
  else if (bits == 2) codes<TwoBits>(x, stride, rows, blocks, weights, first, end, outputs, to, e, scratch);
  else if (bits == 1) codes<OneBit>(x, stride, rows, blocks, weights, first, end, outputs, to, e, scratch);
  else codes<EightBits>(x, stride, rows, blocks, weights, first, end, outputs, to, e, scratch);
}

/** Where `packedFloats` finds what it needs, in memory: written by src/integer/packed.ts. */
@unmanaged
export class PackedRows {
  /** Rows of codes, and bytes from one to the next. */
  x: usize;
  stride: usize;
  rows: i32;
  /** Blocks of all groups, and of one. */
  blocks: i32;
  blocksPerGroup: i32;
  groups: i32;
  weights: usize;
  outputs: i32;
  /** int32 per row and group: what moving the weights adds. */
  corrections: usize;
  /** `[panel, group, 16]`. */
  scales: usize;
  /** Per row. */
  rowScales: usize;
  /** 0: none. */
  bias: usize;
  to: usize;
}

// @ts-ignore: decorator
@inline
export function scaled(sum: v128, at: usize, scales: usize): v128 {
  return f32x4.add(sum, f32x4.mul(f32x4.convert_i32x4_s(v128.load(at)), v128.load(scales)));
}

function floats<U>(e: PackedRows, first: i32, end: i32, scratch: usize): void {
  const bytes = changetype<U>(0).bytes();
  const groups = e.groups, blocks = e.blocks, perGroup = e.blocksPerGroup, bias = e.bias;
  const xBytes = <usize>perGroup << (changetype<U>(0).wide() ? 4 : 3);
  for (let panel = first; panel < end; panel++) {
    const c = panel * PANEL;
    const count = <usize>min(e.outputs - c, PANEL) << 2;
    let correction = e.corrections;
    for (let row = 0; row < e.rows; row++) {
      let w = e.weights + <usize>panel * <usize>blocks * bytes;
      let s = e.scales + (<usize>panel * <usize>groups << 6);
      let x = e.x + <usize>row * e.stride;
      let f0 = f32x4.splat(0), f1 = f0, f2 = f0, f3 = f0;
      for (let left = blocks; left > 0; left -= perGroup) {
        const own = min(perGroup, left);
        sumRow<U>(x, own, w, v128.load32_splat(correction), scratch);
        f0 = scaled(f0, scratch, s); f1 = scaled(f1, scratch + 16, s + 16);
        f2 = scaled(f2, scratch + 32, s + 32); f3 = scaled(f3, scratch + 48, s + 48);
        correction += 4; s += 64; x += xBytes;
        w += <usize>own * bytes;
      }
      const factor = v128.load32_splat(e.rowScales + (<usize>row << 2));
      v128.store(scratch, f32x4.mul(f0, factor)); v128.store(scratch, f32x4.mul(f1, factor), 16);
      v128.store(scratch, f32x4.mul(f2, factor), 32); v128.store(scratch, f32x4.mul(f3, factor), 48);
      const target = e.to + (<usize>row * <usize>e.outputs + <usize>c << 2);
      const offset = bias + (<usize>c << 2);
      for (let i: usize = 0; i < count; i += 4) {
        const value = load<f32>(scratch + i);
        store<f32>(target + i, bias ? value + load<f32>(offset + i) : value);
      }
    }
  }
}

/**
 * Rows of codes times panels `first` to `end`, in float32: the sums of each group times its scale are added up one group
 * after the other, then come the row's scale and the bias. `table`: a `PackedRows`; `scratch`: 64 bytes.
 */
export function packedFloats(bits: i32, table: usize, first: i32, end: i32, scratch: usize): void {
  const e = changetype<PackedRows>(table);
  if (bits == 4) floats<FourBits>(e, first, end, scratch);
  else if (bits == 3) floats<ThreeBits>(e, first, end, scratch);
  else if (bits == 2) floats<TwoBits>(e, first, end, scratch);
  else if (bits == 1) floats<OneBit>(e, first, end, scratch);
  else floats<EightBits>(e, first, end, scratch);
}
