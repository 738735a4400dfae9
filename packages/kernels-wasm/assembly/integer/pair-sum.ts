// Sums of products of few bits, two to a multiplication (ULPPACK, MLSys 2022, section 3): a lane of 16 bits holds two operands, one
// byte each, that of the weights the other way round, so that the upper byte of their product is the sum of both products.
import { addSums } from './narrow-sum';

/** Pairs whose sums fit in 16 bits: twice 63 each. */
const MOST_PAIRS: i32 = 512;

/**
 * Adds the sums of four pixels and 16 channels to `sums`. The operands of a pixel are runs of `pairs` pairs, which begin
 * `offsets` (int32 each) behind it; `w` has 32 bytes for each pair. Sums of `most` pairs fit in the upper byte.
 */
export function pairSums4(
  p0: usize, p1: usize, p2: usize, p3: usize, offsets: usize, runs: i32, pairs: i32, w: usize, most: i32, sums: usize,
): void {
  const zero = i32x4.splat(0);
  let s0 = zero, s1 = zero, s2 = zero, s3 = zero, t0 = zero, t1 = zero, t2 = zero, t3 = zero;
  let room = MOST_PAIRS;
  for (let run = 0; run < runs; run++) {
    const offset = load<usize>(offsets + (<usize>run << 2));
    let x0 = p0 + offset, x1 = p1 + offset, x2 = p2 + offset, x3 = p3 + offset;
    for (let left = pairs; left > 0; left -= most) {
      const part = min(left, most);
      if (part > room) {
        addSums(sums, s0, t0, 1); addSums(sums + 32, s1, t1, 1); addSums(sums + 64, s2, t2, 1); addSums(sums + 96, s3, t3, 1);
        s0 = zero; s1 = zero; s2 = zero; s3 = zero; t0 = zero; t1 = zero; t2 = zero; t3 = zero;
        room = MOST_PAIRS;
      }
      room -= part;
      let a0 = zero, a1 = zero, a2 = zero, a3 = zero, b0 = zero, b1 = zero, b2 = zero, b3 = zero;
      for (const end = w + (<usize>part << 5); w < end; w += 32) {
        const left = v128.load(w), right = v128.load(w, 16);
        let both = v128.load16_splat(x0);
        a0 = i16x8.add(a0, i16x8.mul(both, left)); b0 = i16x8.add(b0, i16x8.mul(both, right));
        both = v128.load16_splat(x1);
        a1 = i16x8.add(a1, i16x8.mul(both, left)); b1 = i16x8.add(b1, i16x8.mul(both, right));
        both = v128.load16_splat(x2);
        a2 = i16x8.add(a2, i16x8.mul(both, left)); b2 = i16x8.add(b2, i16x8.mul(both, right));
        both = v128.load16_splat(x3);
        a3 = i16x8.add(a3, i16x8.mul(both, left)); b3 = i16x8.add(b3, i16x8.mul(both, right));
        x0 += 2; x1 += 2; x2 += 2; x3 += 2;
      }
      s0 = i16x8.add(s0, i16x8.shr_u(a0, 8)); t0 = i16x8.add(t0, i16x8.shr_u(b0, 8));
      s1 = i16x8.add(s1, i16x8.shr_u(a1, 8)); t1 = i16x8.add(t1, i16x8.shr_u(b1, 8));
      s2 = i16x8.add(s2, i16x8.shr_u(a2, 8)); t2 = i16x8.add(t2, i16x8.shr_u(b2, 8));
      s3 = i16x8.add(s3, i16x8.shr_u(a3, 8)); t3 = i16x8.add(t3, i16x8.shr_u(b3, 8));
    }
  }
  addSums(sums, s0, t0, 1); addSums(sums + 32, s1, t1, 1); addSums(sums + 64, s2, t2, 1); addSums(sums + 96, s3, t3, 1);
}
