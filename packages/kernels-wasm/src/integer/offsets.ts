// What a product misses whose operands lie on grids that are not centred on 0 (RTN, arXiv 1912.02057, section 3.4): the sum of the
// operands under each window, a convolution with ones, and sums of weights, which differ only where windows reach over the border.

import type { IntegerEpilogueOptions } from '@subbyte/kernels';
import { type Storage, type Tensor, tensor } from '@subbyte/tensor';
import type { Engine } from '../engine.ts';
import type { CodeConvolution } from './convolution.ts';

/** Where the epilogue finds what it adds: see assembly/integer/epilogue.ts. */
export interface OffsetPlaces {
  readonly sums: number;
  readonly sumStride: number;
  readonly offset: number;
  readonly fixed: number;
  readonly rows: number;
}

/** The places for image `n` and group `g`. */
export type OffsetTerms = (n: number, g: number) => OffsetPlaces;

const known = new WeakMap<Storage, Int32Array>();

/** Sums over the channels of weights `[outputs, channels, taps]`, remembered while they are frozen. */
function tapSums(engine: Engine, weight: Tensor, outputs: number, taps: number): Int32Array {
  const before = engine.isFrozen(weight) ? known.get(weight.storage) : undefined;
  if (before) return before;
  const sums = new Int32Array(outputs * taps);
  const { data } = weight;
  const each = weight.size / outputs;
  for (let i = 0; i < data.length; i++) {
    const place = Math.floor(i / each) * taps + (i % taps);
    sums[place] = (sums[place] as number) + (data[i] as number);
  }
  if (engine.isFrozen(weight)) known.set(weight.storage, sums);
  return sums;
}

/** For each of `count` windows along an axis which of them see the same taps, and which taps those are. */
function borders(
  count: number,
  size: number,
  before: number,
  [taps, stride, dilation]: readonly [number, number, number],
): { readonly of: readonly number[]; readonly seen: readonly (readonly number[])[] } {
  const places = new Map<string, number>();
  const seen: number[][] = [];
  const of = Array.from({ length: count }, (_, i) => {
    const inside = Array.from({ length: taps }, (_, tap) => tap).filter((tap) => {
      const at = i * stride + tap * dilation - before;
      return at >= 0 && at < size;
    });
    const key = inside.join();
    const place = places.get(key) ?? seen.push(inside) - 1;
    places.set(key, place);
    return place;
  });
  return { of, seen };
}

/**
 * The terms of `offsets` (`[4, O]`, see `IntegerEpilogueOptions`).
 * @param convolve the convolution that sums up windows.
 */
export function offsetTerms(
  engine: Engine,
  weight: Tensor,
  offsets: Tensor,
  sizes: CodeConvolution,
  options: IntegerEpilogueOptions,
  convolve: (
    factors: readonly [weight: Tensor, bias: Tensor, multiplier: Tensor],
    sizes: CodeConvolution,
    options: IntegerEpilogueOptions,
    to: number,
  ) => void,
): OffsetTerms {
  const { batch, height, width, channels, outputs, kernel, rows, columns } = sizes;
  const { groups, strides, dilations, padding } = sizes;
  const [inputs, taps, pixels] = [channels / groups, kernel[0] * kernel[1], rows * columns];
  const sums = engine.scratch(batch * pixels * groups * 4);
  const [bias, multiplier] = [new Int32Array(groups), new Float32Array(groups).fill(1)];
  convolve(
    [
      tensor(new Int8Array(groups * inputs * taps).fill(1), [groups, inputs, ...kernel], 'int8'),
      tensor(bias, [groups], 'int32'),
      tensor(multiplier, [groups]),
    ],
    { ...sizes, outputs: groups },
    {
      ...{ inputZero: options.inputZero, inputRange: options.inputRange },
      output: { dtype: 'float32', zeroPoint: 0, min: -3.4e38, max: 3.4e38 },
    },
    sums,
  );
  const down = borders(rows, height, padding[0], [kernel[0], strides[0], dilations[0]]);
  const along = borders(columns, width, padding[1], [kernel[1], strides[1], dilations[1]]);
  // A copy: what is allocated below may move the memory.
  const factors = Float32Array.from(offsets.data as Float32Array);
  const byTap = tapSums(engine, weight, outputs, taps);
  const { fround } = Math;
  const fixed = new Float32Array(down.seen.length * along.seen.length * outputs);
  for (const [y, lines] of down.seen.entries()) {
    for (const [x, places] of along.seen.entries()) {
      const count = lines.length * places.length * inputs;
      const row = (y * along.seen.length + x) * outputs;
      for (let o = 0; o < outputs; o++) {
        let sum = 0;
        for (const ky of lines) {
          for (const kx of places) sum += byTap[o * taps + ky * kernel[1] + kx] as number;
        }
        const at = (index: number): number => factors[index * outputs + o] as number;
        const scaled = fround(fround(fround(sum) * at(1)) + fround(fround(count) * at(2)));
        fixed[row + o] = fround(scaled + at(3));
      }
    }
  }
  const places = new Int32Array(pixels);
  for (let y = 0; y < rows; y++) {
    const row = (down.of[y] as number) * along.seen.length;
    for (let x = 0; x < columns; x++) {
      places[y * columns + x] = (row + (along.of[x] as number)) * outputs * 4;
    }
  }
  const [offset, table, rowTable] = [factors, fixed, places].map((one) => engine.table(one));
  const own = (outputs / groups) * 4;
  return (n, g) => ({
    sums: sums + (n * pixels * groups + g) * 4,
    sumStride: groups * 4,
    offset: (offset as number) + g * own,
    fixed: (table as number) + g * own,
    rows: rowTable as number,
  });
}
