import {
  bytesPerElement,
  type DataType,
  isBigInt,
  isFloat,
  type Random,
  randomNormal,
  type Shape,
  sizeOf,
  type Tensor,
  tensor,
} from '@subbyte/tensor';

/** Numeric types but float32. */
export const numericTypes: readonly DataType[] = [
  'float64',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
];

/** Integer types. */
export const integerTypes: readonly DataType[] = numericTypes.slice(1);

/** Standard normal float32 values. */
export const normal = (stream: Random, shape: Shape): Tensor => randomNormal(shape, stream);

/** Operands with standard normal float32 values, in the form that cases take. */
export function normals<const Shapes extends readonly Shape[]>(
  ...shapes: Shapes
): (stream: Random) => { readonly [I in keyof Shapes]: Tensor } {
  return (stream) =>
    shapes.map((shape) => randomNormal(shape, stream)) as unknown as {
      readonly [I in keyof Shapes]: Tensor;
    };
}

/** Uniform values in [low, high). */
export function uniform(
  stream: Random,
  shape: Shape,
  low: number,
  high: number,
  dtype: 'float32' | 'float64' = 'float32',
): Tensor {
  const values = Array.from({ length: sizeOf(shape) }, () => low + (high - low) * stream.uniform());
  return tensor(values, shape, dtype);
}

/** Whole numbers from `low` to `high`, both included. */
export function whole(
  stream: Random,
  shape: Shape,
  low: number,
  high: number,
  dtype: DataType,
): Tensor {
  const next = (): number => low + stream.integer(high - low + 1);
  return tensor(Array.from({ length: sizeOf(shape) }, next), shape, dtype);
}

/** Values over the whole range of `dtype`: normal floats, all bits of integers, 0 and 1. */
export function anything(stream: Random, shape: Shape, dtype: DataType): Tensor {
  if (isFloat(dtype)) return uniform(stream, shape, -5, 5, dtype);
  if (dtype === 'bool') return whole(stream, shape, 0, 1, 'bool');
  const bits = bytesPerElement(dtype) * 8;
  const low = dtype.startsWith('u') ? 0 : -(2 ** (Math.min(bits, 53) - 1));
  const span = 2 ** Math.min(bits, 53);
  const values = Array.from({ length: sizeOf(shape) }, () => {
    const value = low + Math.floor(stream.uniform() * span);
    return isBigInt(dtype) ? BigInt(value) : value;
  });
  return tensor(values, shape, dtype);
}

/** A tensor with these values. */
export const values = (list: readonly number[], dtype: DataType = 'float32'): Tensor =>
  tensor(list, [list.length], dtype);
