// Rearranges matrices into the panels that `gemm` reads.

/** Rows of an `m` x `k` matrix with any strides (bytes) to [M/4][K][4]; missing rows are 0. */
export function packRows(from: usize, rowStride: usize, columnStride: usize, m: i32, k: i32, to: usize): void {
  for (let i = 0; i < m; i += 4) {
    const rows = min(m - i, 4);
    const r0 = from + <usize>i * rowStride;
    // A missing row reads row 0 and is blanked by the mask.
    const r1 = rows > 1 ? r0 + rowStride : r0;
    const r2 = rows > 2 ? r0 + 2 * rowStride : r0;
    const r3 = rows > 3 ? r0 + 3 * rowStride : r0;
    const mask = i32x4.gt_s(i32x4.splat(rows), i32x4(0, 1, 2, 3));
    let at: usize = 0;
    let j = 0;
    if (columnStride == 4) {
      for (; j + 4 <= k; j += 4) {
        const x0 = v128.load(r0 + at), x1 = v128.load(r1 + at), x2 = v128.load(r2 + at), x3 = v128.load(r3 + at);
        const y0 = v128.shuffle<i32>(x0, x1, 0, 4, 1, 5), y1 = v128.shuffle<i32>(x0, x1, 2, 6, 3, 7);
        const y2 = v128.shuffle<i32>(x2, x3, 0, 4, 1, 5), y3 = v128.shuffle<i32>(x2, x3, 2, 6, 3, 7);
        v128.store(to, v128.and(mask, v128.shuffle<i64>(y0, y2, 0, 2)));
        v128.store(to, v128.and(mask, v128.shuffle<i64>(y0, y2, 1, 3)), 16);
        v128.store(to, v128.and(mask, v128.shuffle<i64>(y1, y3, 0, 2)), 32);
        v128.store(to, v128.and(mask, v128.shuffle<i64>(y1, y3, 1, 3)), 48);
        to += 64; at += 16;
      }
    }
    for (; j < k; j++) {
      const v = f32x4(load<f32>(r0 + at), load<f32>(r1 + at), load<f32>(r2 + at), load<f32>(r3 + at));
      v128.store(to, v128.and(mask, v));
      to += 16; at += columnStride;
    }
  }
}

/** Distance of column `n` from the first, in bytes. */
// @ts-ignore: decorator
@inline
export function columnAddress(n: i32, width: i32, line: i32, step: i32): usize {
  const row = n / width;
  return <usize>row * <usize>line + <usize>(n - row * width) * <usize>step;
}

/**
 * Columns `first` to `end` to [N/8][K][8]. Element (k, n) lies at
 * `base + offsets[k] + (n / width) * line + (n % width) * step`; columns past `end` repeat the last.
 */
export function packColumns(
  base: usize, offsets: usize, k: i32, first: i32, end: i32,
  width: i32, line: i32, step: i32, to: usize,
): void {
  const offsetsEnd = offsets + (<usize>k << 2);
  const last = end - 1;
  if (step == 4 && width >= end) {
    // One line: row by row, so that each touches its cache lines once.
    const whole = (end - first) & ~7;
    const panel = <usize>k << 5;
    let row = to;
    for (let o = offsets; o < offsetsEnd; o += 4) {
      let from = base + <usize>load<u32>(o) + (<usize>first << 2);
      const stop = from + (<usize>whole << 2);
      for (let target = row; from < stop; target += panel) {
        v128.store(target, v128.load(from));
        v128.store(target, v128.load(from, 16), 16);
        from += 32;
      }
      row += 32;
    }
    first += whole;
    to += (<usize>whole >> 3) * panel;
  }
  for (let n = first; n < end; n += 8) {
    const p0 = base + columnAddress(n, width, line, step);
    const p1 = base + columnAddress(min(n + 1, last), width, line, step);
    const p2 = base + columnAddress(min(n + 2, last), width, line, step);
    const p3 = base + columnAddress(min(n + 3, last), width, line, step);
    const p4 = base + columnAddress(min(n + 4, last), width, line, step);
    const p5 = base + columnAddress(min(n + 5, last), width, line, step);
    const p6 = base + columnAddress(min(n + 6, last), width, line, step);
    const p7 = base + columnAddress(min(n + 7, last), width, line, step);
    // Addresses only grow, so the distance of the ends tells about those between.
    if (p3 - p0 == 12 && p7 - p4 == 12) {
      for (let o = offsets; o < offsetsEnd; o += 4) {
        const at = <usize>load<u32>(o);
        v128.store(to, v128.load(p0 + at));
        v128.store(to, v128.load(p4 + at), 16);
        to += 32;
      }
    } else if (p3 - p0 == 24 && p7 - p4 == 24 && step == 8) {
      for (let o = offsets; o < offsetsEnd; o += 4) {
        const at = <usize>load<u32>(o);
        const q0 = p0 + at, q4 = p4 + at;
        // The second load ends at the last column, so nothing behind it is read.
        v128.store(to, v128.shuffle<i32>(v128.load(q0), v128.load(q0, 12), 0, 2, 5, 7));
        v128.store(to, v128.shuffle<i32>(v128.load(q4), v128.load(q4, 12), 0, 2, 5, 7), 16);
        to += 32;
      }
    } else {
      for (let o = offsets; o < offsetsEnd; o += 4) {
        const at = <usize>load<u32>(o);
        store<u32>(to, load<u32>(p0 + at)); store<u32>(to, load<u32>(p1 + at), 4);
        store<u32>(to, load<u32>(p2 + at), 8); store<u32>(to, load<u32>(p3 + at), 12);
        store<u32>(to, load<u32>(p4 + at), 16); store<u32>(to, load<u32>(p5 + at), 20);
        store<u32>(to, load<u32>(p6 + at), 24); store<u32>(to, load<u32>(p7 + at), 28);
        to += 32;
      }
    }
  }
}

/** Fills `offsets` with `k` byte offsets of a convolution window: channel, then row, then column. */
export function windowOffsets(
  offsets: usize, channels: i32, kernelHeight: i32, kernelWidth: i32,
  plane: i32, line: i32, step: i32,
): void {
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < kernelHeight; y++) {
      for (let x = 0; x < kernelWidth; x++) {
        store<i32>(offsets, c * plane + y * line + x * step);
        offsets += 4;
      }
    }
  }
}

/** Weights [groups, outputs, inputs, taps] to [groups, inputs, outputs, taps], the taps in reverse. */
export function flipTaps(from: usize, to: usize, groups: i32, outputs: i32, inputs: i32, taps: i32): void {
  const last = <usize>(taps - 1) << 2;
  for (let g = 0; g < groups; g++) {
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++) {
        const source = from + (<usize>(o * inputs + i) * <usize>taps << 2) + last;
        for (let t: usize = 0; t <= last; t += 4) store<u32>(to + t, load<u32>(source - t));
        to += <usize>taps << 2;
      }
    }
    from += <usize>(outputs * inputs) * <usize>taps << 2;
  }
}
