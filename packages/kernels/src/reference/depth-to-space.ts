import { stridesOf } from '@subbyte/tensor';
import type { Kernel } from '../table.ts';
import { copyFrom, stridedOffsets } from './offsets.ts';
import { allocateResult } from './result.ts';

type Sizes = readonly [number, number, number, number];

/** Moves channels into blocks of pixels: a transpose of `x` split into six axes. */
export const depthToSpace: Kernel<'depthToSpace'> = (operands, options) => {
  const [x] = operands;
  const result = allocateResult('depthToSpace', operands, options);
  const [batch, , height, width] = x.shape as Sizes;
  const depth = result.shape[1] as number;
  const block = options.blockSize;
  const [split, permutation] =
    options.mode === 'dcr'
      ? [
          [batch, block, block, depth, height, width],
          [0, 3, 4, 1, 5, 2],
        ]
      : [
          [batch, depth, block, block, height, width],
          [0, 1, 4, 2, 5, 3],
        ];
  return copyFrom(result, x, permutedOffsets(split, permutation));
};

/** The inverse of `depthToSpace`. */
export const spaceToDepth: Kernel<'spaceToDepth'> = (operands, options) => {
  const [x] = operands;
  const result = allocateResult('spaceToDepth', operands, options);
  const [batch, channels] = x.shape as Sizes;
  const [, , rows, columns] = result.shape as Sizes;
  const block = options.blockSize;
  const split = [batch, channels, rows, block, columns, block];
  const permutation = options.mode === 'dcr' ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4];
  return copyFrom(result, x, permutedOffsets(split, permutation));
};

function permutedOffsets(shape: readonly number[], permutation: readonly number[]): Int32Array {
  const strides = stridesOf(shape);
  return stridedOffsets(
    permutation.map((axis) => shape[axis] as number),
    permutation.map((axis) => strides[axis] as number),
  );
}
