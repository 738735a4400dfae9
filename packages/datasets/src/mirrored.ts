import { type FloatTensor, tensor } from '@subbyte/tensor';

/** Pictures `[N, C, H, W]`, or anything with rows as its last axis, mirrored left to right. */
export function mirrored({ data, shape }: FloatTensor): FloatTensor {
  const width = shape.at(-1) ?? 1;
  const values = new Float32Array(data);
  for (let row = 0; row < values.length; row += width) values.subarray(row, row + width).reverse();
  return tensor(values, shape);
}
