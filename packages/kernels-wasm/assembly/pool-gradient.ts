// Gradients of pooling: what each window saw gets its gradient.

/** First tap at or behind the edge of the image, when the window starts at `start`. */
// @ts-ignore: decorator
@inline
export function firstTap(start: i32, dilation: i32): i32 {
  return start >= 0 ? 0 : (dilation - 1 - start) / dilation;
}

/** The tap behind the last one in an image of `length`. */
// @ts-ignore: decorator
@inline
export function lastTap(start: i32, dilation: i32, length: i32, taps: i32): i32 {
  return start >= length ? 0 : min(taps, (length - 1 - start) / dilation + 1);
}

/** Adds the gradient of each window at its first maximum; a NaN is one. */
export function maxPoolGradient(
  x: usize, g: usize, to: usize, planes: i32, height: i32, width: i32, rows: i32, columns: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32,
  top: i32, left: i32,
): void {
  const plane = <usize>height * <usize>width << 2;
  memory.fill(to, 0, <usize>planes * plane);
  const line = <usize>(dilationY * width) << 2, hop = <usize>dilationX << 2;
  for (let p = 0; p < planes; p++) {
    for (let row = 0; row < rows; row++) {
      const y = row * strideY - top;
      const firstY = firstTap(y, dilationY), endY = lastTap(y, dilationY, height, kernelHeight);
      for (let column = 0; column < columns; column++) {
        const start = column * strideX - left;
        const firstX = firstTap(start, dilationX), endX = lastTap(start, dilationX, width, kernelWidth);
        if (firstY < endY && firstX < endX) {
          const corner = <usize>((y + firstY * dilationY) * width + start + firstX * dilationX) << 2;
          let best = corner;
          let from = corner;
          for (let ky = firstY; ky < endY; ky++) {
            let at = from;
            for (let kx = firstX; kx < endX; kx++) {
              const value = load<f32>(x + at);
              // No jump, also not for a choice of floats: which is largest cannot be foreseen.
              best = select(at, best, i32(value > load<f32>(x + best)) | i32(value != value));
              at += hop;
            }
            from += line;
          }
          store<f32>(to + best, load<f32>(to + best) + load<f32>(g));
        }
        g += 4;
      }
    }
    x += plane; to += plane;
  }
}

/** Shares the gradient of each window, divided by `counts` (one per position), among what it saw. */
export function averagePoolGradient(
  g: usize, counts: usize, to: usize, planes: i32, height: i32, width: i32, rows: i32, columns: i32,
  kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32,
  top: i32, left: i32,
): void {
  const plane = <usize>height * <usize>width << 2;
  memory.fill(to, 0, <usize>planes * plane);
  for (let p = 0; p < planes; p++) {
    let count = counts;
    for (let row = 0; row < rows; row++) {
      const y = row * strideY - top;
      const firstY = firstTap(y, dilationY), endY = lastTap(y, dilationY, height, kernelHeight);
      for (let column = 0; column < columns; column++) {
        const start = column * strideX - left;
        const firstX = firstTap(start, dilationX), endX = lastTap(start, dilationX, width, kernelWidth);
        const share = load<f32>(g) / load<f32>(count);
        for (let ky = firstY; ky < endY; ky++) {
          const line = to + (<usize>((y + ky * dilationY) * width + start) << 2);
          for (let kx = firstX; kx < endX; kx++) {
            const at = line + (<usize>(kx * dilationX) << 2);
            store<f32>(at, load<f32>(at) + share);
          }
        }
        g += 4; count += 4;
      }
    }
    to += plane;
  }
}
