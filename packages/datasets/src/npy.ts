import {
  type AnyTypedArray,
  bytesPerElement,
  type DataType,
  maxElements,
  newArray,
  stridesOf,
  type Tensor,
  tensor,
  viewArray,
} from '@subbyte/tensor';
import { DatasetError } from './errors.ts';

const typeCodes: { readonly [D in DataType]: string } = {
  float32: '<f4',
  float64: '<f8',
  int8: '|i1',
  uint8: '|u1',
  int16: '<i2',
  uint16: '<u2',
  int32: '<i4',
  uint32: '<u4',
  int64: '<i8',
  uint64: '<u8',
  bool: '|b1',
};
const dataTypeOf = new Map(
  Object.entries(typeCodes).map(([dtype, code]) => [code, dtype as DataType]),
);

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy itself refuses longer headers. */
const longestHeader = 10_000;
const mostAxes = 32;

interface Header {
  readonly dtype: DataType;
  readonly columnMajor: boolean;
  readonly shape: readonly number[];
}

/** Reads the header's Python dictionary, which holds exactly these three entries. */
function parseHeader(text: string): Header {
  const entry = (name: string, value: string): RegExpExecArray => {
    const found = new RegExp(`'${name}': ?${value} ?[,}]`).exec(text);
    if (!found) throw new DatasetError(`npy: no usable "${name}" in the header ${text.trim()}`);
    return found;
  };
  const [, code = ''] = entry('descr', "'([^']*)'");
  const [, order] = entry('fortran_order', '(True|False)');
  const [, sizes = ''] = entry('shape', '\\(([0-9, ]*)\\)');
  const dtype = dataTypeOf.get(code);
  if (!dtype) {
    throw new DatasetError(
      `npy: element type "${code}", expected one of ${[...dataTypeOf.keys()].join(' ')}`,
    );
  }
  const shape = sizes
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number);
  const total = shape.reduce((product, size) => product * size, 1);
  if (!(total <= maxElements) || shape.length > mostAxes || !shape.every(Number.isSafeInteger)) {
    throw new DatasetError(`npy: shape (${sizes}) is too large`);
  }
  return { dtype, columnMajor: order === 'True', shape };
}

/** Turns column-major elements into row-major ones. */
function toRowMajor(
  values: AnyTypedArray,
  dtype: DataType,
  shape: readonly number[],
): AnyTypedArray {
  const result = newArray(dtype, values.length);
  // Column-major elements are row-major elements of the reversed shape.
  const strides = stridesOf([...shape].reverse()).reverse();
  const place = new Array<number>(shape.length).fill(0);
  for (let i = 0, from = 0; i < result.length; i++) {
    result[i] = values[from] as never;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis] as number;
      place[axis] = (place[axis] as number) + 1;
      if ((place[axis] as number) < (shape[axis] as number)) break;
      from -= (place[axis] as number) * (strides[axis] as number);
      place[axis] = 0;
    }
  }
  return result;
}

/**
 * Reads a NumPy array file (`.npy`, format 1 to 3; little-endian numbers or booleans, rows or
 * columns first). The elements are copied.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * @throws DatasetError for anything else, before it allocates what the header claims.
 */
export function readNpy(bytes: Uint8Array): Tensor {
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte)) {
    throw new DatasetError('npy: the file does not begin with \\x93NUMPY');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6] as number;
  if (version < 1 || version > 3) {
    throw new DatasetError(`npy: format version ${version}, expected 1, 2 or 3`);
  }
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > longestHeader || start + length > bytes.length) {
    throw new DatasetError(
      `npy: a header of ${length} bytes, the file has ${bytes.length}, at most ${longestHeader} are allowed`,
    );
  }
  const content = bytes.subarray(start + length);
  const header = parseHeader(new TextDecoder().decode(bytes.subarray(start, start + length)));
  const { dtype, shape } = header;
  const size = shape.reduce((product, side) => product * side, 1);
  const expected = size * bytesPerElement(dtype);
  if (content.length !== expected) {
    throw new DatasetError(
      `npy: ${content.length} bytes of elements, ${dtype} [${shape}] needs ${expected}`,
    );
  }
  const values = viewArray(dtype, new Uint8Array(content).buffer, 0, size);
  return tensor(header.columnMajor ? toRowMajor(values, dtype, shape) : values, shape, dtype);
}

/** Writes `input` as a NumPy array file, format 1. */
export function writeNpy(input: Tensor): Uint8Array {
  const sizes = input.shape.length === 1 ? `${input.shape[0]},` : input.shape.join(', ');
  const text = `{'descr': '${typeCodes[input.dtype]}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = 10;
  // Elements begin at a multiple of 64.
  const length = Math.ceil((start + text.length + 1) / 64) * 64 - start;
  const { data } = input;
  const bytes = new Uint8Array(start + length + data.byteLength);
  bytes.set([...magic, 1, 0, length & 0xff, length >> 8]);
  bytes.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), start);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start + length);
  return bytes;
}
