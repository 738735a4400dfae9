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
function sumRow<U>(x: usize, blocks: i32, w: usize, start: v128, to: usize): void {
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

/** Bytes of the sums of a tile: `[4 rows, 8 outputs]` int32. */
const TILE_BYTES: usize = 128;

/** Sums of four rows with outputs `4 j` to `4 j + 7` (`wide`: to `4 j + 3`) at `to`, eight outputs to a row. */
// @ts-ignore: decorator
@inline
export function sumTile<U>(x: usize, d1: usize, d2: usize, d3: usize, blocks: i32, w: usize, j: usize, to: usize): void {
  const u = changetype<U>(0);
  let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  for (let i = 0; i < blocks; i++) {
    if (u.wide()) {
      let c = u.get(w, 0, j);
      let low = i16x8.extend_low_i8x16_u(c), high = i16x8.extend_high_i8x16_u(c);
      let a = v128.load64_splat(x);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(low, a)); s1 = i32x4.add(s1, i32x4.dot_i16x8_s(high, a));
      a = v128.load64_splat(x + d1);
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(low, a)); s3 = i32x4.add(s3, i32x4.dot_i16x8_s(high, a));
      a = v128.load64_splat(x + d2);
      s4 = i32x4.add(s4, i32x4.dot_i16x8_s(low, a)); s5 = i32x4.add(s5, i32x4.dot_i16x8_s(high, a));
      a = v128.load64_splat(x + d3);
      s6 = i32x4.add(s6, i32x4.dot_i16x8_s(low, a)); s7 = i32x4.add(s7, i32x4.dot_i16x8_s(high, a));
      c = u.get(w, 1, j);
      low = i16x8.extend_low_i8x16_u(c); high = i16x8.extend_high_i8x16_u(c);
      a = v128.load64_splat(x, 8);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(low, a)); s1 = i32x4.add(s1, i32x4.dot_i16x8_s(high, a));
      a = v128.load64_splat(x + d1, 8);
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(low, a)); s3 = i32x4.add(s3, i32x4.dot_i16x8_s(high, a));
      a = v128.load64_splat(x + d2, 8);
      s4 = i32x4.add(s4, i32x4.dot_i16x8_s(low, a)); s5 = i32x4.add(s5, i32x4.dot_i16x8_s(high, a));
      a = v128.load64_splat(x + d3, 8);
      s6 = i32x4.add(s6, i32x4.dot_i16x8_s(low, a)); s7 = i32x4.add(s7, i32x4.dot_i16x8_s(high, a));
      x += 16;
    } else {
      let c = u.get(w, 0, j), d = u.get(w, 0, j + 1);
      let a = v128.load32_splat(x);
      s0 = dot(a, c, s0); s1 = dot(a, d, s1);
      a = v128.load32_splat(x + d1);
      s2 = dot(a, c, s2); s3 = dot(a, d, s3);
      a = v128.load32_splat(x + d2);
      s4 = dot(a, c, s4); s5 = dot(a, d, s5);
      a = v128.load32_splat(x + d3);
      s6 = dot(a, c, s6); s7 = dot(a, d, s7);
      c = u.get(w, 1, j); d = u.get(w, 1, j + 1);
      a = v128.load32_splat(x, 4);
      s0 = dot(a, c, s0); s1 = dot(a, d, s1);
      a = v128.load32_splat(x + d1, 4);
      s2 = dot(a, c, s2); s3 = dot(a, d, s3);
      a = v128.load32_splat(x + d2, 4);
      s4 = dot(a, c, s4); s5 = dot(a, d, s5);
      a = v128.load32_splat(x + d3, 4);
      s6 = dot(a, c, s6); s7 = dot(a, d, s7);
      x += 8;
    }
    w += u.bytes();
  }
  if (u.wide()) {
    v128.store(to, joinPairs(s0, s1)); v128.store(to, joinPairs(s2, s3), 32);
    v128.store(to, joinPairs(s4, s5), 64); v128.store(to, joinPairs(s6, s7), 96);
  } else {
    v128.store(to, s0); v128.store(to, s1, 16); v128.store(to, s2, 32); v128.store(to, s3, 48);
    v128.store(to, s4, 64); v128.store(to, s5, 80); v128.store(to, s6, 96); v128.store(to, s7, 112);
  }
}

/** Two tiles: sums of four rows, `d1`, `d2` and `d3` bytes behind the first, with the 16 outputs of a panel. */
function tiles<U>(x: usize, d1: usize, d2: usize, d3: usize, blocks: i32, w: usize, to: usize): void {
  sumTile<U>(x, d1, d2, d3, blocks, w, 0, to);
  if (changetype<U>(0).wide()) sumTile<U>(x, d1, d2, d3, blocks, w, 1, to + 16);
  sumTile<U>(x, d1, d2, d3, blocks, w, 2, to + TILE_BYTES);
  if (changetype<U>(0).wide()) sumTile<U>(x, d1, d2, d3, blocks, w, 3, to + TILE_BYTES + 16);
}

function codes<U>(
  x: usize, stride: usize, rows: i32, blocks: i32, weights: usize,
  first: i32, end: i32, outputs: i32, to: usize, e: Epilogue, scratch: usize,
): void {
  const edge = scratch + 2 * TILE_BYTES;
  const bytes = <usize>blocks * changetype<U>(0).bytes();
  for (let panel = first; panel < end; panel++) {
    const w = weights + <usize>panel * bytes;
    const c = panel * PANEL;
    const left = min(outputs - c, 8), right = min(outputs - c - 8, 8);
    for (let row = 0; row < rows; ) {
      const from = x + <usize>row * stride;
      // Unpacking once for four rows pays from three on.
      const own = rows - row > 2 ? min(rows - row, 4) : 1;
      let other = scratch + 32;
      if (own == 1) sumRow<U>(from, blocks, w, i32x4.splat(0), scratch);
      else {
        tiles<U>(from, stride, 2 * stride, <usize>(own - 1) * stride, blocks, w, scratch);
        other = scratch + TILE_BYTES;
      }
      finish(scratch, e, row, own, c, left, to, edge);
      if (right > 0) finish(other, e, row, own, c + 8, right, to, edge);
      row += own;
    }
  }
}

/**
 * Rows of codes times panels `first` to `end`, with what follows integer sums. `stride`: bytes from row to row of `x`;
 * `scratch`: 288 bytes.
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

/** Stores `outputs` of the 16 sums at `from` times `factor` plus `bias` (0: none). */
// @ts-ignore: decorator
@inline
export function storeFloats(from: usize, factor: usize, bias: usize, to: usize, outputs: i32): void {
  const step = load<f32>(factor);
  for (let i: usize = 0; i < <usize>outputs << 2; i += 4) {
    const value = load<f32>(from + i) * step;
    store<f32>(to + i, bias ? value + load<f32>(bias + i) : value);
  }
}

function floats<U>(e: PackedRows, first: i32, end: i32, scratch: usize): void {
  const bytes = changetype<U>(0).bytes();
  const groups = <usize>e.groups, blocks = e.blocks, perGroup = e.blocksPerGroup, stride = e.stride, rows = e.rows;
  const xBytes = <usize>perGroup << (changetype<U>(0).wide() ? 4 : 3);
  const totals = scratch + 2 * TILE_BYTES;
  for (let panel = first; panel < end; panel++) {
    const c = panel * PANEL;
    const count = min(e.outputs - c, PANEL);
    const bias = e.bias ? e.bias + (<usize>c << 2) : 0;
    for (let row = 0; row < rows; ) {
      let w = e.weights + <usize>panel * <usize>blocks * bytes;
      let s = e.scales + (<usize>panel * groups << 6);
      let x = e.x + <usize>row * stride;
      let correction = e.corrections + (<usize>row * groups << 2);
      let target = e.to + (<usize>row * <usize>e.outputs + <usize>c << 2);
      let factor = e.rowScales + (<usize>row << 2);
      if (rows - row < 3) {
        let f0 = f32x4.splat(0), f1 = f0, f2 = f0, f3 = f0;
        for (let left = blocks; left > 0; left -= perGroup) {
          const own = min(perGroup, left);
          sumRow<U>(x, own, w, v128.load32_splat(correction), scratch);
          f0 = scaled(f0, scratch, s); f1 = scaled(f1, scratch + 16, s + 16);
          f2 = scaled(f2, scratch + 32, s + 32); f3 = scaled(f3, scratch + 48, s + 48);
          correction += 4; s += 64; x += xBytes;
          w += <usize>own * bytes;
        }
        v128.store(scratch, f0); v128.store(scratch, f1, 16); v128.store(scratch, f2, 32); v128.store(scratch, f3, 48);
        storeFloats(scratch, factor, bias, target, count);
        row += 1;
        continue;
      }
      const many = min(rows - row, 4);
      memory.fill(totals, 0, 256);
      for (let left = blocks; left > 0; left -= perGroup) {
        const own = min(perGroup, left);
        tiles<U>(x, stride, 2 * stride, <usize>(many - 1) * stride, own, w, scratch);
        let sums = scratch, total = totals, added = correction;
        for (let r = 0; r < many; r++) {
          const add = v128.load32_splat(added);
          for (let v: usize = 0; v < 64; v += 16) {
            const at = sums + (v & 16) + (v >> 5) * TILE_BYTES;
            const sum = f32x4.convert_i32x4_s(i32x4.add(v128.load(at), add));
            v128.store(total + v, f32x4.add(v128.load(total + v), f32x4.mul(sum, v128.load(s + v))));
          }
          sums += 32; total += 64; added += groups << 2;
        }
        correction += 4; s += 64; x += xBytes;
        w += <usize>own * bytes;
      }
      for (let r: usize = 0; r < <usize>many; r++) {
        storeFloats(totals + (r << 6), factor, bias, target, count);
        factor += 4; target += <usize>e.outputs << 2;
      }
      row += many;
    }
  }
}

/**
 * Rows of codes times panels `first` to `end`, in float32: the sums of each group times its scale are added up one group
 * after the other, then come the row's scale and the bias. `table`: a `PackedRows`; `scratch`: 512 bytes.
 */
export function packedFloats(bits: i32, table: usize, first: i32, end: i32, scratch: usize): void {
  const e = changetype<PackedRows>(table);
  if (bits == 4) floats<FourBits>(e, first, end, scratch);
  else if (bits == 3) floats<ThreeBits>(e, first, end, scratch);
  else if (bits == 2) floats<TwoBits>(e, first, end, scratch);
  else if (bits == 1) floats<OneBit>(e, first, end, scratch);
  else floats<EightBits>(e, first, end, scratch);
}
