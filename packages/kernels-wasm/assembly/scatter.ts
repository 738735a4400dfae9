// Transposed convolution: columns of a matrix product are added back to the image.

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
