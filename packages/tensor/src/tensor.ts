import {
  type AnyTypedArray,
  type DataType,
  dataTypes,
  holds,
  isBigInt,
  isFloat,
  newArray,
  type TypedArrayOf,
} from './data-type.ts';
import { TensorError } from './errors.ts';
import { type Shape, sizeOf } from './shape.ts';
import { allocateHeap, heapStorage, type Storage } from './storage.ts';

/** A dense, row-major, contiguous n-d array. Treat its elements as read-only once shared. */
export interface Tensor<D extends DataType = DataType> {
  readonly dtype: D;
  readonly shape: Shape;
  /** Number of elements. */
  readonly size: number;
  readonly storage: Storage;
  /** The elements; a fresh view at every access. Do not keep it across kernel calls. */
  readonly data: TypedArrayOf<D>;
}

/** A tensor whose elements are float32. */
export type FloatTensor = Tensor<'float32'>;

/** A class, because an object with a getter of its own takes ten times as long to make. */
class StoredTensor<D extends DataType> implements Tensor<D> {
  readonly dtype: D;
  readonly shape: Shape;
  readonly size: number;
  readonly storage: Storage;

  constructor(dtype: D, shape: Shape, size: number, storage: Storage) {
    this.dtype = dtype;
    this.shape = shape;
    this.size = size;
    this.storage = storage;
  }

  get data(): TypedArrayOf<D> {
    return this.storage.view(this.dtype, this.size);
  }
}

/**
 * A tensor of `shape` over `storage`.
 * @throws TensorError when the storage is too small.
 */
export function fromStorage<D extends DataType>(
  dtype: D,
  shape: Shape,
  storage: Storage,
): Tensor<D> {
  const size = sizeOf(shape);
  return new StoredTensor(dtype, Object.freeze([...shape]), size, storage);
}

/** A zeroed tensor on the JavaScript heap. */
export function zeros<D extends DataType = 'float32'>(shape: Shape, dtype?: D): Tensor<D> {
  const type = dtype ?? ('float32' as D);
  return fromStorage(type, shape, allocateHeap(type, sizeOf(shape)));
}

function dataTypeOf(values: AnyTypedArray): DataType {
  const found = dataTypes.find((dtype) => holds(values, dtype));
  if (!found) throw new TensorError(`${values.constructor.name} is not a tensor element array`);
  return found;
}

/**
 * A tensor from a typed array (shared, not copied) or from numbers (copied).
 * Numbers become `float32` unless `dtype` says otherwise; `shape` defaults to one axis.
 * @throws TensorError when the number of values differs from the size of `shape`.
 */
export function tensor<D extends DataType>(
  values: TypedArrayOf<D>,
  shape: Shape,
  dtype: D,
): Tensor<D>;
export function tensor(values: readonly number[], shape?: Shape): Tensor<'float32'>;
export function tensor(values: Float32Array, shape?: Shape): Tensor<'float32'>;
export function tensor<D extends DataType>(
  values: AnyTypedArray | readonly (number | bigint | boolean)[],
  shape: Shape | undefined,
  dtype: D,
): Tensor<D>;
export function tensor(values: AnyTypedArray, shape?: Shape): Tensor;
export function tensor(
  values: AnyTypedArray | readonly (number | bigint | boolean)[],
  shape: Shape = [values.length],
  dtype?: DataType,
): Tensor {
  if (values.length !== sizeOf(shape)) {
    throw new TensorError(`shape [${shape}] needs ${sizeOf(shape)} values, got ${values.length}`);
  }
  if (ArrayBuffer.isView(values)) {
    const wanted = dtype ?? dataTypeOf(values);
    if (holds(values, wanted)) return fromStorage(wanted, shape, heapStorage(values));
  }
  const result = newArray(dtype ?? 'float32', values.length);
  const big = isBigInt(dtype ?? 'float32');
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number | bigint | boolean;
    if (big) (result as BigInt64Array)[i] = BigInt(value);
    else (result as Float32Array)[i] = Number(value);
  }
  return fromStorage(dtype ?? 'float32', shape, heapStorage(result));
}

/** A rank-0 tensor on the JavaScript heap. */
export function scalar<D extends DataType = 'float32'>(
  value: number | bigint,
  dtype?: D,
): Tensor<D> {
  return tensor([value], [], dtype ?? ('float32' as D));
}

/**
 * The same elements under another shape, without a copy.
 * @throws TensorError when the sizes differ.
 */
export function reshape<D extends DataType>(input: Tensor<D>, shape: Shape): Tensor<D> {
  if (sizeOf(shape) !== input.size) {
    throw new TensorError(`cannot reshape [${input.shape}] to [${shape}]: ${input.size} elements`);
  }
  return fromStorage(input.dtype, shape, input.storage);
}

/** A copy of the elements as JavaScript numbers; int64 values beyond 2^53 lose precision. */
export function toNumbers(input: Tensor): number[] {
  return Array.from(input.data as ArrayLike<number | bigint>, Number);
}

/** Copies a tensor to the JavaScript heap. */
export function toHeap<D extends DataType>(input: Tensor<D>): Tensor<D> {
  return fromStorage(input.dtype, input.shape, heapStorage(input.data.slice()));
}

/**
 * Narrows a tensor to float32.
 * @throws TensorError for another data type, naming `role`.
 */
export function asFloat32(input: Tensor, role = 'tensor'): FloatTensor {
  if (input.dtype !== 'float32')
    throw new TensorError(`${role} is ${input.dtype}, expected float32`);
  return input as FloatTensor;
}

/** Whether the elements of `input` are floating-point numbers. */
export function isFloatTensor(input: Tensor): input is Tensor<'float32' | 'float64'> {
  return isFloat(input.dtype);
}
