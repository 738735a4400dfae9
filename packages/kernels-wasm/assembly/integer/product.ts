// Loops of integer products over pixels and channels. Weights: panels of eight channels, each `planes` times the
// steps of all runs (32 bytes a step).
import { Bytes, Words } from './dot';
import { Epilogue, finish } from './epilogue';
import { row, tile, TILE_BYTES } from './tile';

/** Pixels at a time: what they see stays in the first-level cache while the weights pass by. */
const STRIP: i32 = 256;

/** Bytes of scratch that `product8` and `product16` need. */
export function productScratch(): usize {
  return 2 * TILE_BYTES + 32 + <usize>(STRIP + 4) * 4;
}

function product<D>(
  from: usize, columns: i32, line: i32, step: i32, first: i32, count: i32,
  runs: i32, steps: i32, runStride: usize, weights: usize, planes: i32, firstChannel: i32, channels: i32,
  to: usize, epilogue: usize, scratch: usize,
): void {
  const e = changetype<Epilogue>(epilogue);
  const sums = scratch, edge = scratch + 2 * TILE_BYTES, places = edge + 32;
  const panel = <usize>planes * <usize>runs * <usize>steps << 5;
  let column = first % columns;
  let start = from + <usize>(first / columns) * <usize>line;
  for (let s = 0; s < count; s += STRIP) {
    const pixels = min(count - s, STRIP);
    for (let i = 0; i < pixels; i++) {
      store<usize>(places + (<usize>i << 2), start + <usize>column * <usize>step);
      if (++column == columns) {
        column = 0;
        start += <usize>line;
      }
    }
    // The last tile computes its last pixel several times.
    const last = load<usize>(places + (<usize>(pixels - 1) << 2));
    for (let i = pixels; i < pixels + 3; i++) store<usize>(places + (<usize>i << 2), last);
    let w = weights;
    if (pixels == 1) {
      for (let c = 0; c < channels; c += 16) {
        const two = c + 8 < channels;
        row<D>(last, runs, steps, runStride, w, two ? panel : 0, planes, sums);
        finish(sums, e, first + s, 1, firstChannel + c, min(channels - c, 8), to, edge);
        if (two) finish(sums + TILE_BYTES, e, first + s, 1, firstChannel + c + 8, min(channels - c - 8, 8), to, edge);
        w += 2 * panel;
      }
      continue;
    }
    for (let c = 0; c < channels; c += 8) {
      const own = min(channels - c, 8);
      let place = places;
      for (let i = 0; i < pixels; i += 4) {
        tile<D>(
          load<usize>(place), load<usize>(place, 4), load<usize>(place, 8), load<usize>(place, 12),
          runs, steps, runStride, w, planes, sums,
        );
        finish(sums, e, first + s + i, min(pixels - i, 4), firstChannel + c, own, to, edge);
        place += 16;
      }
      w += panel;
    }
  }
}

/**
 * Pixels `first` to `first + count` of a result with `columns` to a line, channels from `firstChannel` on.
 * The operands of pixel 0 begin at `from`, those of the next column `step` bytes on, of the next line `line`.
 * Activations int8, weights below 128 without sign.
 */
export function product8(
  from: usize, columns: i32, line: i32, step: i32, first: i32, count: i32,
  runs: i32, steps: i32, runStride: usize, weights: usize, planes: i32, firstChannel: i32, channels: i32,
  to: usize, epilogue: usize, scratch: usize,
): void {
  product<Bytes>(
    from, columns, line, step, first, count, runs, steps, runStride,
    weights, planes, firstChannel, channels, to, epilogue, scratch,
  );
}

/** Like `product8` with int16 activations and weights. */
export function product16(
  from: usize, columns: i32, line: i32, step: i32, first: i32, count: i32,
  runs: i32, steps: i32, runStride: usize, weights: usize, planes: i32, firstChannel: i32, channels: i32,
  to: usize, epilogue: usize, scratch: usize,
): void {
  product<Words>(
    from, columns, line, step, first, count, runs, steps, runStride,
    weights, planes, firstChannel, channels, to, epilogue, scratch,
  );
}
