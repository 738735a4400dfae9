// What comes before a product with packed weights: the panels, and rows of activations as codes.
import { PANEL } from './packed';

/** Sets code (output `o` of the panel, operand `k` of the block) in the block at `to`, whose bytes were 0. */
// @ts-ignore: decorator
@inline
export function setCode(to: usize, bits: i32, o: i32, k: i32, code: i32): void {
  const t = k >> 2, j = o >> 2;
  const lane = <usize>((o & 3) << 2 | k & 3);
  let at = to + lane, value = code;
  if (bits == 8) at += <usize>(t << 6 | j << 4);
  else if (bits == 4) {
    at += <usize>(t << 5 | j >> 1 << 4);
    value = code << ((j & 1) << 2);
  } else if (bits == 1) value = code << (t << 2 | j);
  else {
    if (bits == 3) store<u8>(at, load<u8>(at, 32) | <u8>(code >> 2 << (t << 2 | j)), 32);
    at += <usize>(t << 4);
    value = (code & 3) << (j << 1);
  }
  store<u8>(at, load<u8>(at) | <u8>value);
}

/**
 * Rows of `k` codes, `bits` bits each, the lowest first, `rowBytes` bytes a row, to panels of 16 outputs. Missing
 * outputs and operands are 0. `sums`: the sum of the codes of each output less `zero`, in whole panels.
 */
export function packPanels(
  from: usize, rowBytes: i32, to: usize, outputs: i32, k: i32, bits: i32, zero: i32, sums: usize,
): void {
  const blocks = k + 7 >> 3;
  const bytes = <usize>bits << 4;
  const mask = (1 << bits) - 1;
  memory.fill(to, 0, <usize>((outputs + PANEL - 1) / PANEL) * <usize>blocks * bytes);
  for (let first = 0; first < outputs; first += PANEL) {
    for (let o = 0; o < PANEL; o++) {
      let sum = 0;
      if (first + o < outputs) {
        const row = from + <usize>(first + o) * <usize>rowBytes;
        for (let i = 0; i < k; i++) {
          const bit = i * bits;
          const at = row + <usize>(bit >> 3);
          let word = <i32>load<u8>(at);
          if ((bit & 7) + bits > 8) word |= <i32>load<u8>(at, 1) << 8;
          const code = word >> (bit & 7) & mask;
          setCode(to + <usize>(i >> 3) * bytes, bits, o, i & 7, code);
          sum += code - zero;
        }
      }
      store<i32>(sums + (<usize>(first + o) << 2), sum);
    }
    to += <usize>blocks * bytes;
  }
}

/** Scales `[outputs, groups]` to `[panel, group, 16]`, 0 where there is no output. */
export function packScales(from: usize, to: usize, outputs: i32, groups: i32): void {
  for (let first = 0; first < outputs; first += PANEL) {
    for (let g = 0; g < groups; g++) {
      for (let o = first; o < first + PANEL; o++) {
        store<f32>(to, o < outputs ? load<f32>(from + (<usize>(o * groups + g) << 2)) : 0);
        to += 4;
      }
    }
  }
}

/** Whether activations are int16 for weights of `bits` bits: see `sumRow`. */
export function isWide(bits: i32): i32 {
  return bits == 8 || !ASC_FEATURE_RELAXED_SIMD ? 1 : 0;
}

// @ts-ignore: decorator
@inline
export function storeActivation(to: usize, i: usize, code: i32, wide: i32): void {
  if (wide) store<i16>(to + (i << 1), <i16>code);
  else store<i8>(to + i, <i8>code);
}

/**
 * Rows of `k` codes (uint8 ones moved down by 128) as the products want them, int16 if `wide`, padded with zeros to whole blocks, `stride` bytes
 * apart; `sums`: the sum of each row times `factor`.
 */
export function prepareCodes(
  from: usize, signed: i32, rows: i32, k: i32, to: usize, stride: usize, wide: i32, factor: i32, sums: usize,
): void {
  const whole = <usize>(k + 7 & ~7);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i: usize = 0; i < <usize>k; i++) {
      const code = signed ? <i32>load<i8>(from + i) : <i32>load<u8>(from + i) - 128;
      storeActivation(to, i, code, wide);
      sum += code;
    }
    for (let i: usize = k; i < whole; i++) storeActivation(to, i, 0, wide);
    store<i32>(sums + (<usize>row << 2), sum * factor);
    from += k; to += stride;
  }
}

/**
 * Rows of `k` floats as codes from -127 to 127: the row's scale is its largest magnitude divided by 127, a code the value
 * divided by that, rounded half to even (NaN gives 0). `sums`: of each group of `group` codes of each row, times `factor`.
 */
export function quantizeRows(
  from: usize, rows: i32, k: i32, group: i32, to: usize, stride: usize, wide: i32, scales: usize, factor: i32, sums: usize,
): void {
  const whole = k + 7 & ~7;
  const high = i32x4.splat(127), low = i32x4.splat(-127);
  for (let row = 0; row < rows; row++) {
    let most = f32x4.splat(0);
    let i = 0;
    for (; i + 4 <= k; i += 4) most = f32x4.max(most, f32x4.abs(v128.load(from + (<usize>i << 2))));
    let largest = max(
      max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)), max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
    );
    for (; i < k; i++) largest = max(largest, abs(load<f32>(from + (<usize>i << 2))));
    const scale = largest / 127;
    store<f32>(scales + (<usize>row << 2), scale);
    const divisor = f32x4.splat(scale);
    for (let start = 0; start < k; start += group) {
      const end = min(start + group, k);
      let sum = i32x4.splat(0);
      i = start;
      for (; i + 4 <= end; i += 4) {
        const steps = f32x4.nearest(f32x4.div(v128.load(from + (<usize>i << 2)), divisor));
        const codes = i32x4.min_s(i32x4.max_s(i32x4.trunc_sat_f32x4_s(steps), low), high);
        sum = i32x4.add(sum, codes);
        const words = i16x8.narrow_i32x4_s(codes, codes);
        if (wide) v128.store64_lane(to + (<usize>i << 1), words, 0);
        else v128.store32_lane(to + <usize>i, i8x16.narrow_i16x8_s(words, words), 0);
      }
      let total = i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3);
      for (; i < end; i++) {
        const steps = nearest<f32>(load<f32>(from + (<usize>i << 2)) / scale);
        const code = min(max(i32x4.extract_lane(i32x4.trunc_sat_f32x4_s(f32x4.splat(steps)), 0), -127), 127);
        storeActivation(to, i, code, wide);
        total += code;
      }
      store<i32>(sums, total * factor);
      sums += 4;
    }
    for (i = k; i < whole; i++) storeActivation(to, i, 0, wide);
    from += <usize>k << 2; to += stride;
  }
}
