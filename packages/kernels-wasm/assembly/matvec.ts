// Products with a vector: limited by memory bandwidth, so nothing is packed.
import { multiplyAdd } from './fma';
import { horizontalSum } from './lanes';

function dot(a: usize, x: usize, k: i32): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let i = 0;
  for (; i + 16 <= k; i += 16) {
    s0 = multiplyAdd(v128.load(a), v128.load(x), s0);
    s1 = multiplyAdd(v128.load(a, 16), v128.load(x, 16), s1);
    s2 = multiplyAdd(v128.load(a, 32), v128.load(x, 32), s2);
    s3 = multiplyAdd(v128.load(a, 48), v128.load(x, 48), s3);
    a += 64; x += 64;
  }
  for (; i + 4 <= k; i += 4) {
    s0 = multiplyAdd(v128.load(a), v128.load(x), s0);
    a += 16; x += 16;
  }
  let sum = horizontalSum(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  for (; i < k; i++) {
    sum += load<f32>(a) * load<f32>(x);
    a += 4; x += 4;
  }
  return sum;
}

/** `y = seed + A x` for row-major A `m` x `k`; the seed is `bias` or, when that is 0, nothing. */
export function matvec(a: usize, x: usize, bias: usize, y: usize, m: i32, k: i32): void {
  for (let i = 0; i < m; i++) {
    const start: f32 = bias == 0 ? 0 : load<f32>(bias + (<usize>i << 2));
    store<f32>(y + (<usize>i << 2), start + dot(a, x, k));
    a += <usize>k << 2;
  }
}

/** `y += x B` for row-major B `k` x `n`, four rows of B at a time. */
export function vecmat(x: usize, b: usize, y: usize, k: i32, n: i32): void {
  const stride = <usize>n << 2;
  let i = 0;
  for (; i + 4 <= k; i += 4) {
    const x0 = v128.load32_splat(x), x1 = v128.load32_splat(x, 4);
    const x2 = v128.load32_splat(x, 8), x3 = v128.load32_splat(x, 12);
    let j = 0;
    let b0 = b, b1 = b0 + stride, b2 = b1 + stride, b3 = b2 + stride, to = y;
    for (; j + 4 <= n; j += 4) {
      let v = multiplyAdd(x0, v128.load(b0), v128.load(to));
      v = multiplyAdd(x1, v128.load(b1), v);
      v = multiplyAdd(x2, v128.load(b2), v);
      v128.store(to, multiplyAdd(x3, v128.load(b3), v));
      b0 += 16; b1 += 16; b2 += 16; b3 += 16; to += 16;
    }
    for (; j < n; j++) {
      store<f32>(to, load<f32>(to) + load<f32>(x) * load<f32>(b0) + load<f32>(x, 4) * load<f32>(b1)
        + load<f32>(x, 8) * load<f32>(b2) + load<f32>(x, 12) * load<f32>(b3));
      b0 += 4; b1 += 4; b2 += 4; b3 += 4; to += 4;
    }
    x += 16; b += 4 * stride;
  }
  for (; i < k; i++) {
    const xi = load<f32>(x);
    for (let j: usize = 0; j < stride; j += 4) store<f32>(y + j, load<f32>(y + j) + xi * load<f32>(b + j));
    x += 4; b += stride;
  }
}
