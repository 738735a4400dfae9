// What comes before an integer product: padded images, windows gathered in rows, sums of the operands of each
// pixel, packed weights. Images are `[height, width, channels]`.

/** `count` bytes with their bits flipped by `flip`, 16 at a time. */
// @ts-ignore: decorator
@inline
export function copyBytes(from: usize, to: usize, count: usize, flip: i32): void {
  const mask = i8x16.splat(<i8>flip);
  let i: usize = 0;
  for (; i + 16 <= count; i += 16) v128.store(to + i, v128.xor(v128.load(from + i), mask));
  for (; i < count; i++) store<u8>(to + i, load<u8>(from + i) ^ <u8>flip);
}

/** `count` codes as int16, `channels` of every `padded` at a time. */
// @ts-ignore: decorator
@inline
export function widen(from: usize, to: usize, count: usize, signed: bool): void {
  let i: usize = 0;
  for (; i + 8 <= count; i += 8) {
    v128.store(to + (i << 1), signed ? v128.load_ext<i8>(from + i) : v128.load_ext<u8>(from + i));
  }
  for (; i < count; i++) store<i16>(to + (i << 1), signed ? <i16>load<i8>(from + i) : <i16>load<u8>(from + i));
}

/** Fills bytes with `value`. */
// @ts-ignore: decorator
@inline
export function fillBytes(to: usize, count: usize, value: i32): void {
  memory.fill(to, <u8>value, count);
}

// @ts-ignore: decorator
@inline
export function fillWords(to: usize, count: usize, value: i32): void {
  for (let i: usize = 0; i < count; i++) store<i16>(to + (i << 1), <i16>value);
}

/** An int8 image inside a border of `zero`; uint8 codes come with `flip` 128, which makes them int8. */
export function padBytes(
  from: usize, to: usize, height: i32, width: i32, channels: i32,
  top: i32, left: i32, bottom: i32, right: i32, zero: i32, flip: i32,
): void {
  const row = <usize>width * <usize>channels, before = <usize>left * <usize>channels, after = <usize>right * <usize>channels;
  const line = before + row + after;
  fillBytes(to, <usize>top * line, zero);
  to += <usize>top * line;
  for (let y = 0; y < height; y++) {
    fillBytes(to, before, zero);
    copyBytes(from, to + before, row, flip);
    fillBytes(to + before + row, after, zero);
    from += row; to += line;
  }
  fillBytes(to, <usize>bottom * line, zero);
}

/** The same in int16, with `extra` more channels of no meaning at every pixel. */
export function padWords(
  from: usize, to: usize, height: i32, width: i32, channels: i32,
  top: i32, left: i32, bottom: i32, right: i32, zero: i32, signed: i32, extra: i32,
): void {
  const padded = channels + extra;
  const row = <usize>width * <usize>channels, wide = <usize>width * <usize>padded;
  const before = <usize>left * <usize>padded, after = <usize>right * <usize>padded;
  const line = before + wide + after;
  fillWords(to, <usize>top * line, zero);
  to += <usize>top * line << 1;
  for (let y = 0; y < height; y++) {
    fillWords(to, before, zero);
    if (extra == 0) widen(from, to + (before << 1), row, signed != 0);
    else {
      for (let x: usize = 0; x < <usize>width; x++) {
        widen(from + x * <usize>channels, to + (before + x * <usize>padded << 1), channels, signed != 0);
      }
    }
    fillWords(to + (before + wide << 1), after, zero);
    from += row; to += line << 1;
  }
  fillWords(to, <usize>bottom * line, zero);
}

/**
 * Rows of what a window sees, for the pixels of one line: `kh * kw` pieces of `bytes` bytes, which lie `down` and
 * `along` bytes apart, one row after the other with `rowBytes` bytes each. Writes up to 15 bytes too many.
 */
export function gatherWindows(
  from: usize, to: usize, columns: i32, step: i32, kh: i32, kw: i32, down: i32, along: i32, bytes: i32, rowBytes: i32,
): void {
  // Neighbours without a gap are one piece.
  if (along == bytes) {
    bytes *= kw;
    kw = 1;
  }
  for (let x = 0; x < columns; x++) {
    let at = to;
    for (let ky = 0; ky < kh; ky++) {
      for (let kx = 0; kx < kw; kx++) {
        const piece = from + <usize>(ky * down + kx * along);
        for (let i = 0; i < bytes; i += 16) v128.store(at + <usize>i, v128.load(piece + <usize>i));
        at += <usize>bytes;
      }
    }
    from += <usize>step; to += <usize>rowBytes;
  }
}

/** Sum of `count` int8 from `at`. */
// @ts-ignore: decorator
@inline
export function sumBytes(at: usize, count: i32): i32 {
  let sums = i32x4.splat(0), total = 0, i = 0;
  for (; i + 16 <= count; i += 16) {
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(v128.load(at + <usize>i))));
  }
  for (; i < count; i++) total += load<i8>(at + <usize>i);
  return total + i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
}

/**
 * For each pixel of `rows` lines of a result `factor` times the sum of the int8 operands under its window. `channels`
 * of every `stride` are summed. `scratch` has room for `width` int32 for each line that a window spans and one more, and 16 bytes.
 */
export function windowSums(
  from: usize, to: usize, rows: i32, columns: i32, width: i32, stride: i32, channels: i32,
  kh: i32, kw: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, factor: i32, scratch: usize,
): void {
  const line = <usize>width * <usize>stride;
  if (kh == 1 && kw == 1) {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        store<i32>(to, factor * sumBytes(from + <usize>(x * strideX) * <usize>stride, channels));
        to += 4;
      }
      from += line * <usize>strideY;
    }
    return;
  }
  // Sums of the pixels of each line of the image, kept for the windows that still see it.
  const kept = dilationY * (kh - 1) + 1;
  const bytes = <usize>width << 2;
  const total = scratch + <usize>kept * bytes;
  let next = 0;
  for (let y = 0; y < rows; y++) {
    const top = y * strideY;
    if (next < top) next = top;
    for (; next < top + kept; next++) {
      const plane = scratch + <usize>(next % kept) * bytes;
      const image = from + <usize>next * line;
      for (let x: usize = 0; x < <usize>width; x++) store<i32>(plane + (x << 2), sumBytes(image + x * <usize>stride, channels));
    }
    for (let ky = 0; ky < kh; ky++) {
      const plane = scratch + <usize>((top + ky * dilationY) % kept) * bytes;
      // Vectors may reach beyond the total, where there is room.
      for (let x: usize = 0; x < bytes; x += 16) {
        const sum = v128.load(plane + x);
        v128.store(total + x, ky == 0 ? sum : i32x4.add(v128.load(total + x), sum));
      }
    }
    for (let x = 0; x < columns; x++) {
      const at = total + (<usize>(x * strideX) << 2);
      let sum = 0;
      for (let kx = 0; kx < kw; kx++) sum += load<i32>(at + (<usize>(kx * dilationX) << 2));
      store<i32>(to, factor * sum);
      to += 4;
    }
  }
}

/** Sums of the `each` int8 weights of each output, in whole panels of eight. */
export function weightSums(from: usize, outputs: i32, each: i32, sums: usize): void {
  for (let o = 0; o < (outputs + 7 & ~7); o++) {
    store<i32>(sums + (<usize>o << 2), o < outputs ? sumBytes(from + <usize>(o * each), each) : 0);
  }
}

/**
 * Packs int8 weights `[outputs, channels, taps]` into panels of eight outputs: steps of `perStep` operands in the
 * order taps, channels, in `runs` runs of `steps` steps. `perStep` 4: bytes, made positive by `offset`, split in two planes (all but the last bit, the last bit) when `planes` is 2; `perStep` 2: int16.
 * Writes the sum of each output's weights to `sums`, all in whole panels.
 */
export function packIntegerWeights(
  from: usize, to: usize, outputs: i32, channels: i32, taps: i32, runs: i32, steps: i32,
  perStep: i32, planes: i32, offset: i32, sums: usize,
): void {
  const perRun = taps / runs * channels;
  for (let first = 0; first < outputs; first += 8) {
    for (let plane = 0; plane < planes; plane++) {
      for (let run = 0; run < runs; run++) {
        for (let step = 0; step < steps; step++) {
          for (let o = first; o < first + 8; o++) {
            for (let i = 0; i < perStep; i++) {
              const k = step * perStep + i;
              let value = 0;
              if (k < perRun && o < outputs) {
                const tap = run * (taps / runs) + k / channels;
                value = load<i8>(from + <usize>((o * channels + k % channels) * taps + tap));
                if (perStep == 4) value += offset;
                if (planes == 2) value = plane == 0 ? value >> 1 : value & 1;
              }
              if (perStep == 4) {
                store<u8>(to, <u8>value);
                to += 1;
              } else {
                store<i16>(to, <i16>value);
                to += 2;
              }
            }
          }
        }
      }
    }
  }
  weightSums(from, outputs, channels * taps, sums);
}

/** Range of `count` int8 weights and 0: how far it reaches below 0, times 512, plus its width. */
export function weightRange(from: usize, count: i32): i32 {
  let low = 0, high = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const value = <i32>load<i8>(from + i);
    low = min(low, value); high = max(high, value);
  }
  return -low * 512 + high - low;
}

/** `to = bias - zero * sums`, whole panels; `bias` 0: none. The rest of the last panel gets zeros. */
export function integerBase(bias: usize, sums: usize, zero: i32, outputs: i32, to: usize): void {
  for (let o = 0; o < (outputs + 7 & ~7); o++) {
    const at = <usize>o << 2;
    store<i32>(to + at, o < outputs ? (bias ? load<i32>(bias + at) : 0) - zero * load<i32>(sums + at) : 0);
  }
}
