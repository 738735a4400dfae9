import { type OnnxDataType, onnxDataTypeName } from './data-types.ts';
import { OnnxProtoError } from './errors.ts';
import type { TensorProto } from './types.ts';

/** Elements of a tensor with the type they had in the file. */
export interface TensorElements {
  /** Type in the file; 4- and 2-bit codes arrive as 8-bit ones, the 16-bit floats as float32. */
  readonly dataType: OnnxDataType;
  readonly values:
    | Float32Array
    | Float64Array
    | Int8Array
    | Uint8Array
    | Int16Array
    | Uint16Array
    | Int32Array
    | Uint32Array
    | BigInt64Array
    | BigUint64Array;
}

type Values = TensorElements['values'];

/** How the elements of one type are stored. */
interface Layout {
  readonly bits: number;
  readonly field: 'floatData' | 'doubleData' | 'int32Data' | 'int64Data' | 'uint64Data';
  /** Elements from little-endian bytes, which are enough for `count` and aligned. */
  readonly fromBytes: (bytes: Uint8Array<ArrayBuffer>, count: number) => Values;
  /** Array that `field`'s numbers are copied to; absent: they are codes, turned into bytes first. */
  readonly fromNumbers?: (count: number) => Values;
}

/** IEEE half precision to double. */
function float16(code: number): number {
  const sign = code & 0x8000 ? -1 : 1;
  const exponent = (code >> 10) & 31;
  const fraction = code & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function fromFloat16(bytes: Uint8Array<ArrayBuffer>, count: number): Float32Array {
  return Float32Array.from(new Uint16Array(bytes.buffer, bytes.byteOffset, count), float16);
}

function fromBfloat16(bytes: Uint8Array<ArrayBuffer>, count: number): Float32Array {
  const codes = new Uint16Array(bytes.buffer, bytes.byteOffset, count);
  return new Float32Array(Uint32Array.from(codes, (code) => code << 16).buffer);
}

/** Unpacks codes of `bits` bits, the first one in the low bits of the first byte. */
function unpack(bits: 2 | 4, signed: boolean): Layout['fromBytes'] {
  const perByte = 8 / bits;
  const unused = 32 - bits;
  return (bytes, count) => {
    const values = signed ? new Int8Array(count) : new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      const byte = bytes[Math.floor(i / perByte)] as number;
      const code = byte >> ((i % perByte) * bits);
      values[i] = signed ? (code << unused) >> unused : code & ((1 << bits) - 1);
    }
    return values;
  };
}

interface ArrayConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (count: number): Values;
  new (buffer: ArrayBuffer, offset: number, count: number): Values;
}

function plain(type: ArrayConstructor, field: Layout['field']): Layout {
  return {
    bits: type.BYTES_PER_ELEMENT * 8,
    field,
    fromBytes: (bytes, count) => new type(bytes.buffer, bytes.byteOffset, count),
    fromNumbers: (count) => new type(count),
  };
}

const packed = (bits: 2 | 4, signed: boolean): Layout => ({
  bits,
  field: 'int32Data',
  fromBytes: unpack(bits, signed),
});

const layouts: { readonly [Type in OnnxDataType]?: Layout } = {
  float: plain(Float32Array, 'floatData'),
  double: plain(Float64Array, 'doubleData'),
  int8: plain(Int8Array, 'int32Data'),
  uint8: plain(Uint8Array, 'int32Data'),
  bool: {
    ...plain(Uint8Array, 'int32Data'),
    fromBytes: (bytes) => bytes.map((byte) => (byte ? 1 : 0)),
  },
  int16: plain(Int16Array, 'int32Data'),
  uint16: plain(Uint16Array, 'int32Data'),
  int32: plain(Int32Array, 'int32Data'),
  uint32: plain(Uint32Array, 'uint64Data'),
  int64: plain(BigInt64Array, 'int64Data'),
  uint64: plain(BigUint64Array, 'uint64Data'),
  float16: { bits: 16, field: 'int32Data', fromBytes: fromFloat16 },
  bfloat16: { bits: 16, field: 'int32Data', fromBytes: fromBfloat16 },
  uint4: packed(4, false),
  int4: packed(4, true),
  uint2: packed(2, false),
  int2: packed(2, true),
};

/** `name` or a stand-in for messages. */
const label = (tensor: TensorProto): string => `tensor "${tensor.name ?? ''}"`;

/**
 * Number of elements that `dims` ask for.
 * @throws OnnxProtoError for negative sizes and for more than 2^31 - 1 elements.
 */
export function elementCount(tensor: TensorProto): number {
  let count = 1;
  for (const size of tensor.dims ?? []) {
    if (size < 0) throw new OnnxProtoError(`${label(tensor)} has a size of ${size}`);
    count *= size;
  }
  if (count >= 2 ** 31) {
    throw new OnnxProtoError(`${label(tensor)} claims ${count} elements, at most 2^31 - 1 fit`);
  }
  return count;
}

/** Bytes at an address that any element type accepts; copied only when they are not aligned. */
function align(bytes: Uint8Array, elementBytes: number): Uint8Array<ArrayBuffer> {
  const shared = bytes.byteOffset % elementBytes !== 0 || !(bytes.buffer instanceof ArrayBuffer);
  // Not `slice`: that of Node's Buffer does not copy.
  return (shared ? new Uint8Array(bytes) : bytes) as Uint8Array<ArrayBuffer>;
}

function fromRaw(tensor: TensorProto, raw: Uint8Array, layout: Layout, count: number): Values {
  const needed = Math.ceil((count * layout.bits) / 8);
  if (raw.length !== needed) {
    throw new OnnxProtoError(
      `${label(tensor)} of shape [${tensor.dims ?? []}] has ${raw.length} bytes, expected ${needed}`,
    );
  }
  return layout.fromBytes(align(raw, Math.max(1, layout.bits / 8)), count);
}

function fromField(tensor: TensorProto, layout: Layout, count: number): Values {
  const numbers: ArrayLike<number | bigint> = tensor[layout.field] ?? [];
  const perNumber = layout.bits < 8 ? 8 / layout.bits : 1;
  const needed = Math.ceil(count / perNumber);
  if (numbers.length !== needed) {
    throw new OnnxProtoError(
      `${label(tensor)} of shape [${tensor.dims ?? []}] has ${numbers.length} values, expected ${needed}`,
    );
  }
  if (!layout.fromNumbers) {
    const codes = layout.bits < 8 ? new Uint8Array(needed) : new Uint16Array(needed);
    for (let i = 0; i < needed; i++) codes[i] = Number(numbers[i]);
    return layout.fromBytes(new Uint8Array(codes.buffer), count);
  }
  const values = layout.fromNumbers(count);
  const big = values instanceof BigInt64Array || values instanceof BigUint64Array;
  for (let i = 0; i < count; i++) {
    const number = numbers[i] as number | bigint;
    values[i] = (big ? BigInt(number) : Number(number)) as never;
  }
  return values;
}

/**
 * The elements of `tensor`, from whichever field holds them. Whole-byte types in `rawData` are
 * views of the file where alignment allows.
 * @param raw little-endian bytes to read instead of `rawData` (external data).
 * @throws OnnxProtoError when the number of elements does not match the shape, and for types that
 * are not numbers we can hold (strings, complex numbers, 8- and 4-bit floats).
 */
export function tensorElements(
  tensor: TensorProto,
  raw: Uint8Array | undefined = tensor.rawData,
): TensorElements {
  const code = tensor.dataType ?? 0;
  const dataType = onnxDataTypeName(code);
  const layout = dataType && layouts[dataType];
  if (!layout) {
    throw new OnnxProtoError(`${label(tensor)} has elements of type ${dataType ?? code}`);
  }
  if (tensor.segment) throw new OnnxProtoError(`${label(tensor)} is stored in segments`);
  const count = elementCount(tensor);
  const values = raw?.length
    ? fromRaw(tensor, raw, layout, count)
    : fromField(tensor, layout, count);
  return { dataType, values };
}
