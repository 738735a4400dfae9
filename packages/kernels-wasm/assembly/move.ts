// Kernels that only move elements, by element size.

function copyElements<T>(from: usize, to: usize, n: i32, step: isize, toStep: isize): void {
  for (let i = 0; i < n; i++) {
    store<T>(to, load<T>(from));
    from += step; to += toStep;
  }
}

/**
 * Copies a grid. `axes` holds, per axis from the outermost, its size and the strides of source and
 * target in bytes; room for as many counters follows.
 */
export function copyGrid(from: usize, to: usize, axes: usize, rank: i32, size: i32): void {
  const inner = axes + <usize>(rank - 1) * 12;
  const n = load<i32>(inner);
  const step = <isize>load<i32>(inner, 4), toStep = <isize>load<i32>(inner, 8);
  const whole = step == <isize>size && toStep == <isize>size;
  const counters = inner + 12;
  for (let axis = 0; axis < rank; axis++) store<i32>(counters + (<usize>axis << 2), 0);
  while (true) {
    if (step == 0 && size == 4 && toStep == 4) fillElements<u32>(to, load<u32>(from), n);
    else if (whole && n * size >= 64) memory.copy(to, from, <usize>n * <usize>size);
    else if (size == 4) copyElements<u32>(from, to, n, step, toStep);
    else if (size == 1) copyElements<u8>(from, to, n, step, toStep);
    else if (size == 8) copyElements<u64>(from, to, n, step, toStep);
    else copyElements<u16>(from, to, n, step, toStep);
    let axis = rank - 2;
    for (; axis >= 0; axis--) {
      const place = axes + <usize>axis * 12;
      const counter = counters + (<usize>axis << 2);
      const stride = <usize>load<i32>(place, 4), toStride = <usize>load<i32>(place, 8);
      const next = load<i32>(counter) + 1;
      from += stride; to += toStride;
      if (next < load<i32>(place)) {
        store<i32>(counter, next);
        break;
      }
      store<i32>(counter, 0);
      from -= stride * <usize>next; to -= toStride * <usize>next;
    }
    if (axis < 0) return;
  }
}

/** Swaps the last two axes of [outer, rows, columns], elements of 4 bytes, in blocks of 4 x 4. */
export function swapAxes(from: usize, to: usize, outer: i32, rows: i32, columns: i32): void {
  const line = <usize>columns << 2, toLine = <usize>rows << 2;
  for (let o = 0; o < outer; o++) {
    let i = 0;
    for (; i + 4 <= rows; i += 4) {
      const r0 = from + <usize>i * line;
      let target = to + (<usize>i << 2);
      let j = 0;
      for (; j + 4 <= columns; j += 4) {
        const r = r0 + (<usize>j << 2);
        const x0 = v128.load(r), x1 = v128.load(r + line);
        const x2 = v128.load(r + 2 * line), x3 = v128.load(r + 3 * line);
        const y0 = v128.shuffle<i32>(x0, x1, 0, 4, 1, 5), y1 = v128.shuffle<i32>(x0, x1, 2, 6, 3, 7);
        const y2 = v128.shuffle<i32>(x2, x3, 0, 4, 1, 5), y3 = v128.shuffle<i32>(x2, x3, 2, 6, 3, 7);
        v128.store(target, v128.shuffle<i64>(y0, y2, 0, 2));
        v128.store(target + toLine, v128.shuffle<i64>(y0, y2, 1, 3));
        v128.store(target + 2 * toLine, v128.shuffle<i64>(y1, y3, 0, 2));
        v128.store(target + 3 * toLine, v128.shuffle<i64>(y1, y3, 1, 3));
        target += 4 * toLine;
      }
      for (; j < columns; j++) {
        copyElements<u32>(r0 + (<usize>j << 2), target, 4, <isize>line, 4);
        target += toLine;
      }
    }
    for (; i < rows; i++) {
      copyElements<u32>(from + <usize>i * line, to + (<usize>i << 2), columns, 4, <isize>toLine);
    }
    from += <usize>rows * line; to += <usize>rows * line;
  }
}

/** Copies `count` slices of `bytes` bytes, chosen by `indices`, out of each of `outer` blocks. */
export function gather(from: usize, to: usize, outer: i32, block: usize, indices: usize, count: i32, bytes: i32): void {
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      const source = from + <usize>load<i32>(indices + (<usize>i << 2)) * <usize>bytes;
      if (bytes == 4) store<u32>(to, load<u32>(source));
      else memory.copy(to, source, bytes);
      to += bytes;
    }
    from += block;
  }
}

/** Writes zeros to `bytes` bytes. */
export function clear(to: usize, bytes: usize): void {
  memory.fill(to, 0, bytes);
}

/** Copies `rows` rows of `bytes` bytes. */
export function copyRows(from: usize, stride: usize, to: usize, toStride: usize, rows: i32, bytes: usize): void {
  for (let i = 0; i < rows; i++) {
    memory.copy(to, from, bytes);
    from += stride; to += toStride;
  }
}

/** Copies `bytes` bytes. */
export function copy(from: usize, to: usize, bytes: usize): void {
  memory.copy(to, from, bytes);
}

function fillElements<T>(to: usize, value: T, n: i32): void {
  for (let i = 0; i < n; i++) {
    store<T>(to, value);
    to += sizeof<T>();
  }
}

/** Writes the element at `value` to `n` places. */
export function fill(to: usize, value: usize, n: i32, size: i32): void {
  if (size == 4) fillElements<u32>(to, load<u32>(value), n);
  else if (size == 1) fillElements<u8>(to, load<u8>(value), n);
  else if (size == 8) fillElements<u64>(to, load<u64>(value), n);
  else fillElements<u16>(to, load<u16>(value), n);
}
