// Matrix product on packed panels: A [M/4][K][4], B [N/8][K][8], C row-major. The tile of 4 x 8
// keeps 8 accumulators, 2 loads of B and 1 of A in the 15 vector registers V8 has on x86.
import { activate, NONE } from './activation';
import { columnAddress, packColumns } from './pack';
import { multiplyAdd } from './fma';

/** Longest run of K in one pass: a panel of B (8 x 384 floats) stays in the first-level cache. */
const KC: i32 = 384;
/** Columns packed at a time. */
const NC: i32 = 64;
/** Rows per pass: their part of A stays in the second-level cache. */
const MC: i32 = 64;

/** Most rows for which B is read where it lies. */
const DIRECT_ROWS: i32 = 64;

// What a tile starts from.
const FROM_RESULT: i32 = 1;
const FROM_ROW_BIAS: i32 = 2;
const FROM_COLUMN_BIAS: i32 = 3;

/** Bytes that `gemm` needs as scratch memory. */
export function gemmScratch(k: i32): i32 {
  return 128 + 32 * (NC / 8) * min(k, KC);
}

/** B comes from a packed panel: `cursor` runs through it. */
class Packed {
  @inline step(): usize { return 32; }
  @inline offset(cursor: usize): usize { return 0; }
  @inline left(cursor: usize, p: usize, at: usize): v128 { return v128.load(cursor); }
  @inline right(cursor: usize, q: usize, at: usize): v128 { return v128.load(cursor, 16); }
}

/** B comes from where it lies, four columns at `p` and four at `q`: `cursor` runs through offsets. */
class Direct {
  @inline step(): usize { return 4; }
  @inline offset(cursor: usize): usize { return <usize>load<u32>(cursor); }
  @inline left(cursor: usize, p: usize, at: usize): v128 { return v128.load(p + at); }
  @inline right(cursor: usize, q: usize, at: usize): v128 { return v128.load(q + at); }
}

function tile<B>(
  a: usize, b: usize, p4: usize, q4: usize, k: i32, c: usize, stride: usize,
  seed: i32, bias: usize, kind: i32, p: f32, q: f32,
): void {
  let c00: v128, c01: v128, c10: v128, c11: v128, c20: v128, c21: v128, c30: v128, c31: v128;
  const r1 = c + stride, r2 = r1 + stride, r3 = r2 + stride;
  if (seed == FROM_RESULT) {
    c00 = v128.load(c); c01 = v128.load(c, 16);
    c10 = v128.load(r1); c11 = v128.load(r1, 16);
    c20 = v128.load(r2); c21 = v128.load(r2, 16);
    c30 = v128.load(r3); c31 = v128.load(r3, 16);
  } else if (seed == FROM_ROW_BIAS) {
    c00 = v128.load32_splat(bias); c01 = c00;
    c10 = v128.load32_splat(bias, 4); c11 = c10;
    c20 = v128.load32_splat(bias, 8); c21 = c20;
    c30 = v128.load32_splat(bias, 12); c31 = c30;
  } else if (seed == FROM_COLUMN_BIAS) {
    c00 = v128.load(bias); c01 = v128.load(bias, 16);
    c10 = c00; c11 = c01; c20 = c00; c21 = c01; c30 = c00; c31 = c01;
  } else {
    c00 = f32x4.splat(0); c01 = c00; c10 = c00; c11 = c00; c20 = c00; c21 = c00; c30 = c00; c31 = c00;
  }
  const pairs = a + (<usize>(k & ~1) << 4);
  while (a < pairs) {
    let at = changetype<B>(0).offset(b);
    let b0 = changetype<B>(0).left(b, p4, at), b1 = changetype<B>(0).right(b, q4, at);
    b += changetype<B>(0).step();
    let x = v128.load32_splat(a);
    c00 = multiplyAdd(x, b0, c00); c01 = multiplyAdd(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = multiplyAdd(x, b0, c10); c11 = multiplyAdd(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = multiplyAdd(x, b0, c20); c21 = multiplyAdd(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = multiplyAdd(x, b0, c30); c31 = multiplyAdd(x, b1, c31);
    at = changetype<B>(0).offset(b);
    b0 = changetype<B>(0).left(b, p4, at); b1 = changetype<B>(0).right(b, q4, at);
    b += changetype<B>(0).step();
    x = v128.load32_splat(a, 16);
    c00 = multiplyAdd(x, b0, c00); c01 = multiplyAdd(x, b1, c01);
    x = v128.load32_splat(a, 20);
    c10 = multiplyAdd(x, b0, c10); c11 = multiplyAdd(x, b1, c11);
    x = v128.load32_splat(a, 24);
    c20 = multiplyAdd(x, b0, c20); c21 = multiplyAdd(x, b1, c21);
    x = v128.load32_splat(a, 28);
    c30 = multiplyAdd(x, b0, c30); c31 = multiplyAdd(x, b1, c31);
    a += 32;
  }
  if (k & 1) {
    const at = changetype<B>(0).offset(b);
    const b0 = changetype<B>(0).left(b, p4, at), b1 = changetype<B>(0).right(b, q4, at);
    let x = v128.load32_splat(a);
    c00 = multiplyAdd(x, b0, c00); c01 = multiplyAdd(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = multiplyAdd(x, b0, c10); c11 = multiplyAdd(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = multiplyAdd(x, b0, c20); c21 = multiplyAdd(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = multiplyAdd(x, b0, c30); c31 = multiplyAdd(x, b1, c31);
  }
  v128.store(c, c00); v128.store(c, c01, 16);
  v128.store(r1, c10); v128.store(r1, c11, 16);
  v128.store(r2, c20); v128.store(r2, c21, 16);
  v128.store(r3, c30); v128.store(r3, c31, 16);
  if (kind == NONE) return;
  const vp = f32x4.splat(p), vq = f32x4.splat(q);
  for (let row = 0; row < 4; row++) {
    v128.store(c, activate(v128.load(c), kind, vp, vq));
    v128.store(c, activate(v128.load(c, 16), kind, vp, vq), 16);
    c += stride;
  }
}

function packedTile(
  a: usize, b: usize, k: i32, c: usize, stride: usize,
  seed: i32, bias: usize, kind: i32, p: f32, q: f32,
): void {
  tile<Packed>(a, b, 0, 0, k, c, stride, seed, bias, kind, p, q);
}

function directTile(
  a: usize, offsets: usize, p4: usize, q4: usize, k: i32, c: usize, stride: usize,
  seed: i32, bias: usize, kind: i32, p: f32, q: f32,
): void {
  tile<Direct>(a, offsets, p4, q4, k, c, stride, seed, bias, kind, p, q);
}

function copyTile(from: usize, fromStride: usize, to: usize, toStride: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j: usize = 0; j < <usize>columns << 2; j += 4) store<f32>(to + j, load<f32>(from + j));
    from += fromStride; to += toStride;
  }
}

/**
 * `C = activation(seed + A B)`. B is packed (`offsets` 0, `base` the panels) or is packed here,
 * column by column: element (k, n) lies at `base + offsets[k] + (n / width) * line + (n % width) * step`.
 */
export function gemm(
  a: usize, c: usize, stride: usize, m: i32, n: i32, k: i32,
  base: usize, offsets: usize, width: i32, line: i32, step: i32, scratch: usize,
  seed: i32, bias: usize, kind: i32, p: f32, q: f32,
): void {
  const edge = scratch;
  // With few rows packing costs more than reading B across cache lines, as long as the rows of B
  // overlap in memory (windows over an image, whose lines are shorter than n).
  const direct = offsets != 0 && step == 4 && width < n && m <= DIRECT_ROWS && (m & 3) == 0 && (width & 3) == 0;
  scratch += 128;
  const passes = max((k + KC - 1) / KC, 1);
  // Even, so that only the last pass has an odd step.
  const depth = ((k + passes - 1) / passes + 1) & ~1;
  for (let pass = 0; pass < passes; pass++) {
    const pc = pass * depth;
    const kc = min(depth, k - pc);
    const begin = pass == 0 ? seed : FROM_RESULT;
    const activation = pass == passes - 1 ? kind : NONE;
    let jc = 0;
    if (direct) {
      const from = offsets + (<usize>pc << 2);
      for (; jc + 8 <= n; jc += 8) {
        const left = base + columnAddress(jc, width, line, step);
        const right = base + columnAddress(jc + 4, width, line, step);
        for (let i = 0; i < m; i += 4) {
          directTile(
            a + (<usize>(i >> 2) * <usize>k + <usize>pc << 4), from, left, right, kc,
            c + <usize>i * stride + (<usize>jc << 2), stride,
            begin, bias + (<usize>(begin == FROM_ROW_BIAS ? i : jc) << 2), activation, p, q,
          );
        }
      }
    }
    for (; jc < n; jc += NC) {
      const jEnd = min(jc + NC, n);
      let panels: usize, panelStride: usize;
      if (offsets == 0) {
        panelStride = <usize>k << 5;
        panels = base + (<usize>jc >> 3) * panelStride + (<usize>pc << 5);
      } else {
        panelStride = <usize>kc << 5;
        panels = scratch;
        packColumns(base, offsets + (<usize>pc << 2), kc, jc, jEnd, width, line, step, panels);
      }
      for (let ic = 0; ic < m; ic += MC) {
        const iEnd = min(ic + MC, m);
        let panel = panels;
        for (let j = jc; j < jEnd; j += 8) {
          const columns = min(n - j, 8);
          for (let i = ic; i < iEnd; i += 4) {
            const rows = min(m - i, 4);
            const rowPanel = a + (<usize>(i >> 2) * <usize>k + <usize>pc << 4);
            const target = c + <usize>i * stride + (<usize>j << 2);
            const from = bias + (<usize>(begin == FROM_ROW_BIAS ? i : j) << 2);
            if (rows == 4 && columns == 8) {
              packedTile(rowPanel, panel, kc, target, stride, begin, from, activation, p, q);
            } else {
              if (begin == FROM_RESULT) copyTile(target, stride, edge, 32, rows, columns);
              packedTile(rowPanel, panel, kc, edge, 32, begin, from, activation, p, q);
              copyTile(edge, 32, target, stride, rows, columns);
            }
          }
          panel += panelStride;
        }
      }
    }
  }
}
