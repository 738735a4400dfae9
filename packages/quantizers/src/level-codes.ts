// Codes of quantizers with a codebook. All arithmetic is float32, one rounding per step, so that
// engines which multiply and add in float32 get the same bits.

import { asFloat32, type Tensor, tensor } from '@subbyte/tensor';
import { type Codebook, codebookOf } from './codebook.ts';
import { QuantizerError } from './errors.ts';
import { scaleIndexOf } from './granularity.ts';
import type { LevelQuantizer } from './types.ts';

/**
 * Place of the level nearest to `x`; half-way between two, the one nearer to 0; of NaN, the lowest.
 * @param midpoints Between neighbours, ascending.
 */
function nearestLevel(midpoints: Float64Array, x: number): number {
  let low = 0;
  let high = midpoints.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const bound = midpoints[middle] as number;
    if (bound > 0 ? x > bound : x >= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Half-way between neighbouring levels. */
export function midpointsOf({ levels }: Codebook): Float64Array {
  return Float64Array.from(levels.subarray(1), (level, i) => (level + (levels[i] as number)) / 2);
}

const offsetsOf = (quantizer: LevelQuantizer): readonly number[] | undefined =>
  quantizer.scheme === 'ternary' ? quantizer.offset : undefined;

/** Calls `visit` with the place of each element's level. */
function forEachPlace(
  x: Tensor,
  quantizer: LevelQuantizer,
  codebook: Codebook,
  visit: (index: number, place: number, group: number) => void,
): void {
  const { data } = asFloat32(x, 'tensor to quantize');
  const midpoints = midpointsOf(codebook);
  const groupOf = scaleIndexOf(x.shape, quantizer.granularity);
  const offsets = offsetsOf(quantizer);
  for (let i = 0; i < data.length; i++) {
    const group = groupOf(i);
    const moved = offsets ? Math.fround((data[i] as number) - (offsets[group] as number)) : data[i];
    const steps = Math.fround((moved as number) / (quantizer.scale[group] as number));
    visit(i, nearestLevel(midpoints, steps), group);
  }
}

/** The value of a level. */
function levelValue(
  level: number,
  group: number,
  { scale }: LevelQuantizer,
  offsets: readonly number[] | undefined,
): number {
  const value = Math.fround(level * (scale[group] as number));
  return offsets ? Math.fround(value + (offsets[group] as number)) : value;
}

/** `fakeQuantize` of quantizers with a codebook. */
export function fakeQuantizeLevels(x: Tensor, quantizer: LevelQuantizer): Tensor {
  const codebook = codebookOf(quantizer);
  const offsets = offsetsOf(quantizer);
  const values = new Float32Array(x.size);
  forEachPlace(x, quantizer, codebook, (i, place, group) => {
    values[i] = levelValue(codebook.levels[place] as number, group, quantizer, offsets);
  });
  return tensor(values, x.shape);
}

/** `encode` of quantizers with a codebook. */
export function encodeLevels(x: Tensor, quantizer: LevelQuantizer): Tensor {
  const codebook = codebookOf(quantizer);
  const signed = codebook.min < 0;
  const codes = signed ? new Int8Array(x.size) : new Uint8Array(x.size);
  forEachPlace(x, quantizer, codebook, (i, place) => {
    codes[i] = place + codebook.min;
  });
  return tensor(codes, x.shape, signed ? 'int8' : 'uint8');
}

/** `decode` of quantizers with a codebook. */
export function decodeLevels(codes: Tensor, quantizer: LevelQuantizer): Tensor {
  const { levels, min } = codebookOf(quantizer);
  const groupOf = scaleIndexOf(codes.shape, quantizer.granularity);
  const offsets = offsetsOf(quantizer);
  const data = codes.data as ArrayLike<number>;
  const values = new Float32Array(codes.size);
  for (let i = 0; i < values.length; i++) {
    const level = levels[(data[i] as number) - min];
    if (level === undefined) {
      const range = `${min} to ${min + levels.length - 1}`;
      throw new QuantizerError(`code ${data[i]} at ${i}: expected a whole number from ${range}`);
    }
    values[i] = levelValue(level, groupOf(i), quantizer, offsets);
  }
  return tensor(values, codes.shape);
}
