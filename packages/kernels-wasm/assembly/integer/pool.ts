// The largest codes under windows of images `[height, width, channels]`.

// @ts-ignore: decorator
@inline
export function larger(a: v128, b: v128, signed: i32): v128 {
  return signed ? i8x16.max_s(a, b) : i8x16.max_u(a, b);
}

/** Lines `first` to `end` of the result of one image. */
export function integerMaxPool(
  from: usize, to: usize, height: i32, width: i32, channels: i32, first: i32, end: i32, columns: i32,
  kh: i32, kw: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, top: i32, left: i32, signed: i32,
): void {
  const lowest = i8x16.splat(signed ? -128 : 0);
  const line = <usize>width * <usize>channels;
  to += <usize>first * <usize>columns * <usize>channels;
  for (let y = first; y < end; y++) {
    for (let x = 0; x < columns; x++) {
      for (let c = 0; c < channels; c += 16) {
        let best = lowest;
        for (let ky = 0; ky < kh; ky++) {
          const row = y * strideY + ky * dilationY - top;
          if (row < 0 || row >= height) continue;
          for (let kx = 0; kx < kw; kx++) {
            const column = x * strideX + kx * dilationX - left;
            if (column < 0 || column >= width) continue;
            best = larger(best, v128.load(from + <usize>row * line + <usize>column * <usize>channels + <usize>c), signed);
          }
        }
        const at = to + <usize>c;
        if (c + 16 <= channels) v128.store(at, best);
        else {
          // The pixels before are whole and those behind are still to come.
          for (let i = 0; i < channels - c; i++) {
            store<u8>(at + <usize>i, <u8>i8x16.extract_lane_u(best, 0));
            best = v128.shuffle<u8>(best, best, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0);
          }
        }
      }
      to += <usize>channels;
    }
  }
}
