// The inner loop of every integer product: four pixels by eight channels. A pixel's operands are `runs`
// runs of `steps` times 4 bytes, `runStride` bytes apart; the weights of eight channels lie in the same order,
// 32 bytes a step.

/** Bytes of the sums of one tile: `[4 pixels, 8 channels]` int32. */
export const TILE_BYTES: usize = 128;

/**
 * Writes the sums of the pixels whose operands begin at `p0` to `p3`. With two `planes` of weights the
 * sums over the first count twice.
 */
export function tile<D>(
  p0: usize, p1: usize, p2: usize, p3: usize,
  runs: i32, steps: i32, runStride: usize, w: usize, planes: i32, to: usize,
): void {
  let s00 = i32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  const dot = changetype<D>(0);
  for (let plane = 0; plane < planes; plane++) {
    if (plane > 0) {
      s00 = i32x4.shl(s00, 1); s01 = i32x4.shl(s01, 1); s10 = i32x4.shl(s10, 1); s11 = i32x4.shl(s11, 1);
      s20 = i32x4.shl(s20, 1); s21 = i32x4.shl(s21, 1); s30 = i32x4.shl(s30, 1); s31 = i32x4.shl(s31, 1);
    }
    let start: usize = 0;
    for (let run = 0; run < runs; run++) {
      let at = start;
      const pairs = start + (<usize>(steps & ~1) << 2);
      while (at < pairs) {
        let w0 = v128.load(w), w1 = v128.load(w, 16);
        let x = v128.load32_splat(p0 + at);
        s00 = dot.add(s00, x, w0); s01 = dot.add(s01, x, w1);
        x = v128.load32_splat(p1 + at);
        s10 = dot.add(s10, x, w0); s11 = dot.add(s11, x, w1);
        x = v128.load32_splat(p2 + at);
        s20 = dot.add(s20, x, w0); s21 = dot.add(s21, x, w1);
        x = v128.load32_splat(p3 + at);
        s30 = dot.add(s30, x, w0); s31 = dot.add(s31, x, w1);
        w0 = v128.load(w, 32); w1 = v128.load(w, 48);
        x = v128.load32_splat(p0 + at, 4);
        s00 = dot.add(s00, x, w0); s01 = dot.add(s01, x, w1);
        x = v128.load32_splat(p1 + at, 4);
        s10 = dot.add(s10, x, w0); s11 = dot.add(s11, x, w1);
        x = v128.load32_splat(p2 + at, 4);
        s20 = dot.add(s20, x, w0); s21 = dot.add(s21, x, w1);
        x = v128.load32_splat(p3 + at, 4);
        s30 = dot.add(s30, x, w0); s31 = dot.add(s31, x, w1);
        at += 8; w += 64;
      }
      if (steps & 1) {
        const w0 = v128.load(w), w1 = v128.load(w, 16);
        let x = v128.load32_splat(p0 + at);
        s00 = dot.add(s00, x, w0); s01 = dot.add(s01, x, w1);
        x = v128.load32_splat(p1 + at);
        s10 = dot.add(s10, x, w0); s11 = dot.add(s11, x, w1);
        x = v128.load32_splat(p2 + at);
        s20 = dot.add(s20, x, w0); s21 = dot.add(s21, x, w1);
        x = v128.load32_splat(p3 + at);
        s30 = dot.add(s30, x, w0); s31 = dot.add(s31, x, w1);
        w += 32;
      }
      start += runStride;
    }
  }
  v128.store(to, s00); v128.store(to, s01, 16);
  v128.store(to, s10, 32); v128.store(to, s11, 48);
  v128.store(to, s20, 64); v128.store(to, s21, 80);
  v128.store(to, s30, 96); v128.store(to, s31, 112);
}

/** Like `tile`, for one pixel and 16 channels: two panels of weights, `panel` bytes apart. */
export function row<D>(
  p: usize, runs: i32, steps: i32, runStride: usize, w: usize, panel: usize, planes: i32, to: usize,
): void {
  let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  const dot = changetype<D>(0);
  for (let plane = 0; plane < planes; plane++) {
    if (plane > 0) {
      s0 = i32x4.shl(i32x4.add(s0, t0), 1); s1 = i32x4.shl(i32x4.add(s1, t1), 1);
      s2 = i32x4.shl(i32x4.add(s2, t2), 1); s3 = i32x4.shl(i32x4.add(s3, t3), 1);
      t0 = i32x4.splat(0); t1 = t0; t2 = t0; t3 = t0;
    }
    let start = p;
    for (let run = 0; run < runs; run++) {
      let at = start;
      const pairs = start + (<usize>(steps & ~1) << 2);
      while (at < pairs) {
        let x = v128.load32_splat(at);
        s0 = dot.add(s0, x, v128.load(w)); s1 = dot.add(s1, x, v128.load(w, 16));
        s2 = dot.add(s2, x, v128.load(w + panel)); s3 = dot.add(s3, x, v128.load(w + panel, 16));
        x = v128.load32_splat(at, 4);
        t0 = dot.add(t0, x, v128.load(w, 32)); t1 = dot.add(t1, x, v128.load(w, 48));
        t2 = dot.add(t2, x, v128.load(w + panel, 32)); t3 = dot.add(t3, x, v128.load(w + panel, 48));
        at += 8; w += 64;
      }
      if (steps & 1) {
        const x = v128.load32_splat(at);
        s0 = dot.add(s0, x, v128.load(w)); s1 = dot.add(s1, x, v128.load(w, 16));
        s2 = dot.add(s2, x, v128.load(w + panel)); s3 = dot.add(s3, x, v128.load(w + panel, 16));
        w += 32;
      }
      start += runStride;
    }
  }
  v128.store(to, i32x4.add(s0, t0)); v128.store(to, i32x4.add(s1, t1), 16);
  v128.store(to, i32x4.add(s2, t2), TILE_BYTES); v128.store(to, i32x4.add(s3, t3), TILE_BYTES + 16);
}
