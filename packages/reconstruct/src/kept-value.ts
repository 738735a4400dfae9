// One value of a chunk of samples while its unit learns, in as few bytes as there are.

import { codeRange, type UniformQuantizer } from '@subbyte/quantizers';
import { bytesPerElement, type DataType, type Tensor, tensor } from '@subbyte/tensor';
import { QuantizeError } from './errors.ts';
import { float16Table, toFloat16 } from './float16.ts';

/** How float32 elements are kept: as they are, by their codes on a grid (exact), or rounded. */
export type Form = 'float32' | 'codes' | 'float16';

/** A value that is kept. */
export interface KeptValue {
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly form: Form;
  /** What it holds; 0 where somebody else holds the elements anyway. */
  readonly bytes: number;
  /** All elements: not to be written to. */
  read(): Tensor;
  /** Writes `count` elements from number `from` on into `target`. */
  copy(from: number, count: number, target: Float32Array, at: number): void;
}

/** Bytes of an element in a form; other data types are kept as they are. */
export const formBytes = (form: Form, dtype: DataType): number =>
  dtype !== 'float32' || form === 'float32'
    ? bytesPerElement(dtype)
    : { codes: 1, float16: 2 }[form];

function keepArray(value: Tensor, bytes: number): KeptValue {
  const { shape, dtype } = value;
  return {
    shape,
    dtype,
    form: 'float32',
    bytes,
    read: () => value,
    copy: (from, count, target, at) =>
      target.set((value.data as Float32Array).subarray(from, from + count), at),
  };
}

/** A value that others hold anyway. */
export const borrowValue = (value: Tensor): KeptValue => keepArray(value, 0);

/** Elements from their small codes by `write`. */
function keepCodes(
  { shape, dtype, size }: Tensor,
  form: Form,
  bytes: number,
  copy: KeptValue['copy'],
): KeptValue {
  const read = (): Tensor => {
    const data = new Float32Array(size);
    copy(0, size, data, 0);
    return tensor(data, shape);
  };
  return { shape, dtype, form, bytes, read, copy };
}

function keepOnGrid(value: Tensor, grid: UniformQuantizer): KeptValue {
  const scale = grid.scale[0] as number;
  const offset = (grid.zeroPoint[0] as number) - codeRange(grid).min;
  const data = value.data as Float32Array;
  const codes = new Uint8Array(value.size);
  for (let i = 0; i < data.length; i++) {
    const steps = Math.round((data[i] as number) / scale);
    codes[i] = steps + offset;
    if (Math.fround(((codes[i] as number) - offset) * scale) === data[i]) continue;
    throw new QuantizeError(
      `a value is ${data[i]} on a grid of step ${scale}: it cannot be kept as codes`,
    );
  }
  return keepCodes(value, 'codes', codes.byteLength, (from, count, target, at) => {
    for (let i = 0; i < count; i++) {
      target[at + i] = ((codes[from + i] as number) - offset) * scale;
    }
  });
}

/** The power of two that brings the largest magnitude to [2^14, 2^15), well inside the halves. */
function scaleToHalf(data: Float32Array): number {
  let most = 0;
  for (let i = 0; i < data.length; i++) most = Math.max(most, Math.abs(data[i] as number));
  return most > 0 && most < Number.POSITIVE_INFINITY ? 2 ** (14 - Math.floor(Math.log2(most))) : 1;
}

function keepRounded(value: Tensor): KeptValue {
  const data = value.data as Float32Array;
  const scale = scaleToHalf(data);
  const codes = new Uint16Array(value.size);
  for (let i = 0; i < data.length; i++) codes[i] = toFloat16((data[i] as number) * scale);
  const table = float16Table();
  return keepCodes(value, 'float16', codes.byteLength, (from, count, target, at) => {
    for (let i = 0; i < count; i++) {
      target[at + i] = (table[codes[from + i] as number] as number) / scale;
    }
  });
}

/**
 * Keeps a value of the heap.
 * @param grid On which all its elements lie, for the form `codes`: one step, at most 8 bits.
 * @throws QuantizeError when they do not.
 */
export function keepValue(value: Tensor, form: Form, grid?: UniformQuantizer): KeptValue {
  if (value.dtype !== 'float32' || form === 'float32') {
    return keepArray(value, value.size * bytesPerElement(value.dtype));
  }
  return form === 'codes' && grid ? keepOnGrid(value, grid) : keepRounded(value);
}
