import type { IntegerEpilogueOptions } from '@subbyte/kernels';
import { bytesPerElement, type Tensor } from '@subbyte/tensor';
import type { Engine } from '../engine.ts';
import type { OffsetPlaces } from './offsets.ts';

/** Places that differ from image to image and group to group. */
export interface EpiloguePlaces {
  /** int32 per channel. */
  readonly base: number;
  /** float32 per channel. */
  readonly multiplier: number;
  /** int32 per pixel; 0: none. */
  readonly corrections: number;
  /** First of the codes to add; 0: none. */
  readonly residual: number;
  /** What offsets of the operands' grids add. */
  readonly offsets?: OffsetPlaces | undefined;
}

/** Writes what follows a sum as `Epilogue` of assembly/integer/epilogue.ts wants it. */
export function epilogueTable(
  engine: Engine,
  channels: number,
  added: Tensor | undefined,
  { output, residual }: IntegerEpilogueOptions,
  places: EpiloguePlaces,
): number {
  const words = new Int32Array(22);
  const floats = new Float32Array(words.buffer);
  words.set([places.base, places.multiplier, places.corrections, channels]);
  words[4] = bytesPerElement(output.dtype);
  floats.set([output.min - output.zeroPoint, output.max - output.zeroPoint], 5);
  words[7] = output.zeroPoint;
  if (residual) {
    const { grid, own, step } = residual;
    words[8] = places.residual;
    words[9] = added?.dtype === 'int8' ? 1 : 0;
    floats.set([grid.zeroPoint, grid.scale], 10);
    if (own) {
      words[12] = 1;
      floats.set([own.min - own.zeroPoint, own.max - own.zeroPoint, own.scale], 13);
    }
    floats[16] = step;
  }
  if (places.offsets) {
    const { sums, sumStride, offset, fixed, rows } = places.offsets;
    words.set([sums, sumStride, offset, fixed, rows], 17);
  }
  return engine.table(words);
}
