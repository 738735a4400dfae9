import { broadcastStrides, type Shape, sizeOf, type Tensor } from '@subbyte/tensor';
import { activationFunction } from '../activation.ts';
import { matmulSizes } from '../shapes/matmul.ts';
import type { Kernel } from '../table.ts';
import { numbersOf } from './arrays.ts';
import { stridedOffsets } from './offsets.ts';
import { allocateResult } from './result.ts';

/** Steps of one operand: matrices of the batch, rows and columns. */
interface MatrixLayout {
  readonly offsets: Int32Array;
  readonly row: number;
  readonly column: number;
}

function layoutOf(
  x: Tensor,
  batch: Shape,
  transposed: boolean,
  vectorIsRow: boolean,
): MatrixLayout {
  const rank = x.shape.length;
  const lead = x.shape.slice(0, -2);
  const matrix = rank < 2 ? 0 : (x.shape[rank - 2] as number) * (x.shape[rank - 1] as number);
  const strides = broadcastStrides(lead, batch).map((stride) => stride * matrix);
  const offsets = stridedOffsets(batch, strides);
  if (rank === 1)
    return vectorIsRow ? { offsets, row: 0, column: 1 } : { offsets, row: 1, column: 0 };
  const width = x.shape[rank - 1] as number;
  return transposed ? { offsets, row: 1, column: width } : { offsets, row: width, column: 1 };
}

/** Batched matrix product with bias and activation, accumulated in double precision. */
export const matmul: Kernel<'matmul'> = (operands, options) => {
  const [a, b, bias] = operands;
  const result = allocateResult('matmul', operands, options);
  const { batch, rows, inner, columns } = matmulSizes(a.shape, b.shape, options);
  const activate = activationFunction(options.activation);
  const x = numbersOf(a);
  const y = numbersOf(b);
  const to = numbersOf(result);
  const left = layoutOf(a, batch, options.transposeA, true);
  const right = layoutOf(b, batch, options.transposeB, false);
  const full = [...batch, rows, columns];
  const biasData = bias && numbersOf(bias);
  const biasOffsets = bias && stridedOffsets(full, broadcastStrides(bias.shape, full));
  const sums = new Float64Array(columns);
  let position = 0;
  for (let matrix = 0; matrix < sizeOf(batch); matrix++) {
    for (let row = 0; row < rows; row++) {
      sums.fill(0);
      const start = (left.offsets[matrix] as number) + row * left.row;
      for (let k = 0; k < inner; k++) {
        const value = x[start + k * left.column] as number;
        let source = (right.offsets[matrix] as number) + k * right.row;
        for (let column = 0; column < columns; column++) {
          sums[column] = (sums[column] as number) + value * (y[source] as number);
          source += right.column;
        }
      }
      for (const sum of sums) {
        const added = biasData && biasOffsets ? biasData[biasOffsets[position] as number] : 0;
        to[position++] = activate(sum + (added as number));
      }
    }
  }
  return result;
};
