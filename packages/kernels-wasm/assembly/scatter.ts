// Transposed convolution: columns of a matrix product are added back to the image.
import { storeLanes } from './lanes';

/** Adds `channels` x taps rows of `height` x `width` columns to planes `rows` x `columns`. */
export function columnsToImage(
  from: usize, channels: i32, height: i32, width: i32,
  to: usize, rows: i32, columns: i32, kernelHeight: i32, kernelWidth: i32,
  strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, top: i32, left: i32,
): void {
  for (let c = 0; c < channels; c++) {
    for (let ky = 0; ky < kernelHeight; ky++) {
      for (let kx = 0; kx < kernelWidth; kx++) {
        const shift = kx * dilationX - left;
        // Input columns whose target lies in the image.
        const first = shift < 0 ? min((strideX - 1 - shift) / strideX, width) : 0;
        const end = shift < columns ? min((columns - 1 - shift) / strideX + 1, width) : 0;
        for (let y = 0; y < height; y++) {
          const row = y * strideY + ky * dilationY - top;
          if (row >= 0 && row < rows) {
            let source = from + (<usize>first << 2);
            let target = to + (<usize>(row * columns + first * strideX + shift) << 2);
            let x = first;
            if (strideX == 1) {
              for (; x + 4 <= end; x += 4) {
                v128.store(target, f32x4.add(v128.load(target), v128.load(source)));
                source += 16; target += 16;
              }
            }
            for (; x < end; x++) {
              store<f32>(target, load<f32>(target) + load<f32>(source));
              source += 4; target += <usize>strideX << 2;
            }
          }
          from += <usize>width << 2;
        }
      }
    }
    to += <usize>rows * <usize>columns << 2;
  }
}

/** Adds one value to each of `channels` planes; `bias` 0 adds nothing, then it only activates. */
export function addPerPlane(x: usize, bias: usize, channels: i32, plane: i32): void {
  for (let c = 0; c < channels; c++) {
    const value = load<f32>(bias + (<usize>c << 2));
    const end = x + (<usize>plane << 2);
    for (; x < end; x += 4) store<f32>(x, load<f32>(x) + value);
  }
}

/**
 * Clears `to` [outer, length, inner], then adds slices of `from` [outer, count, inner] to it: each of
 * the `entries` has its source, its target and its weight, in three tables.
 */
export function scatterSlices(
  from: usize, to: usize, outer: i32, count: i32, length: i32, inner: i32,
  entries: i32, sources: usize, targets: usize, weights: usize,
): void {
  const bytes = <usize>inner << 2;
  memory.fill(to, 0, <usize>outer * <usize>length * bytes);
  const end = <usize>entries << 2;
  for (let o = 0; o < outer; o++) {
    if (inner == 1) {
      for (let e: usize = 0; e < end; e += 4) {
        const target = to + (<usize>load<i32>(targets + e) << 2);
        const value = load<f32>(from + (<usize>load<i32>(sources + e) << 2));
        store<f32>(target, load<f32>(target) + load<f32>(weights + e) * value);
      }
    } else {
      for (let e: usize = 0; e < end; e += 4) {
        const source = from + <usize>load<i32>(sources + e) * bytes;
        const target = to + <usize>load<i32>(targets + e) * bytes;
        const weight = v128.load32_splat(weights + e);
        for (let i = 0; i < inner; i += 4) {
          const at = <usize>i << 2;
          const sum = f32x4.add(v128.load(target + at), f32x4.mul(weight, v128.load(source + at)));
          storeLanes(target + at, sum, inner - i);
        }
      }
    }
    from += <usize>count * bytes; to += <usize>length * bytes;
  }
}
