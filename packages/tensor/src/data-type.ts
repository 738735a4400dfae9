import { TensorError } from './errors.ts';

/** Maps each data type to the typed array that holds it. `bool` is one byte, 0 or 1. */
export interface TypedArrays {
  float32: Float32Array;
  float64: Float64Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
  bool: Uint8Array;
}

/** Name of an element type. */
export type DataType = keyof TypedArrays;

/** The data types whose elements are JavaScript numbers, not bigints. */
export type NumberDataType = Exclude<DataType, 'int64' | 'uint64'>;

/** The typed array of data type `D`. */
export type TypedArrayOf<D extends DataType> = TypedArrays[D];

/** Any typed array a tensor can hold. */
export type AnyTypedArray = TypedArrays[DataType];

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

/** All data types. */
export const dataTypes: readonly DataType[] = Object.keys(constructors) as DataType[];

/** Whether `values` is the kind of array that holds `dtype`. */
export function holds(values: AnyTypedArray, dtype: DataType): boolean {
  return values instanceof constructors[dtype];
}

/** Bytes that one element of `dtype` takes. */
export function bytesPerElement(dtype: DataType): number {
  return constructors[dtype].BYTES_PER_ELEMENT;
}

/** Whether elements of `dtype` are bigints (`int64`, `uint64`). */
export function isBigInt(dtype: DataType): dtype is 'int64' | 'uint64' {
  return dtype === 'int64' || dtype === 'uint64';
}

/** Whether `dtype` is a floating-point type. */
export function isFloat(dtype: DataType): dtype is 'float32' | 'float64' {
  return dtype === 'float32' || dtype === 'float64';
}

/** A zeroed typed array of `length` elements on the JavaScript heap. */
export function newArray<D extends DataType>(dtype: D, length: number): TypedArrayOf<D> {
  return new constructors[dtype](length) as TypedArrayOf<D>;
}

/**
 * A typed array over existing bytes, without a copy.
 * @throws TensorError when `byteOffset` is not a multiple of the element size.
 */
export function viewArray<D extends DataType>(
  dtype: D,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): TypedArrayOf<D> {
  const size = bytesPerElement(dtype);
  if (byteOffset % size !== 0) {
    throw new TensorError(`${dtype} view at byte ${byteOffset}: expected a multiple of ${size}`);
  }
  return new constructors[dtype](buffer as ArrayBuffer, byteOffset, length) as TypedArrayOf<D>;
}
