// The safetensors format: the length of a JSON header as 8 little-endian bytes, the header (name to
// dtype, shape and byte range), the bytes. Whatever a file claims is checked before it is believed.

import {
  bytesPerElement,
  type DataType,
  flattenTree,
  fromStorage,
  heapStorage,
  mapTree,
  newArray,
  type Shape,
  sameShape,
  sizeOf,
  type Tensor,
  type Tree,
} from '@subbyte/tensor';
import { SafetensorsError } from './errors.ts';

const codes: { readonly [D in DataType]: string } = {
  float32: 'F32',
  float64: 'F64',
  int8: 'I8',
  uint8: 'U8',
  int16: 'I16',
  uint16: 'U16',
  int32: 'I32',
  uint32: 'U32',
  int64: 'I64',
  uint64: 'U64',
  bool: 'BOOL',
};

const dataTypeOf: ReadonlyMap<string, DataType> = new Map(
  (Object.keys(codes) as DataType[]).map((dtype) => [codes[dtype], dtype]),
);

/** Longest header that the format's own reader accepts. */
const maxHeaderBytes = 100_000_000;
const maxRank = 32;

/** The contents of a safetensors file. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The safetensors file of a tree: each tensor under its path. Same tree, same bytes.
 * @throws SafetensorsError when two tensors have one path.
 */
export function encodeSafetensors(
  tree: Tree,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const leaves = flattenTree(tree);
  const names = new Set(leaves.map(([name]) => name));
  if (names.size !== leaves.length || names.has('__metadata__')) {
    throw new SafetensorsError('paths of the tree are not distinct, or one is "__metadata__"');
  }
  // Widest elements first, so that every tensor is aligned, then by name.
  leaves.sort(
    ([a, x], [b, y]) => bytesPerElement(y.dtype) - bytesPerElement(x.dtype) || (a < b ? -1 : 1),
  );
  let end = 0;
  const entries = leaves.map(([name, { dtype, shape, size }]): [string, unknown] => {
    const start = end;
    end += size * bytesPerElement(dtype);
    return [name, { dtype: codes[dtype], shape, data_offsets: [start, end] }];
  });
  const hasMetadata = Object.keys(metadata).length > 0;
  const all = hasMetadata ? [['__metadata__', metadata] as [string, unknown], ...entries] : entries;
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(all)));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + end).fill(0x20, 8, 8 + headerBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(json, 8);
  let position = 8 + headerBytes;
  for (const [, { data }] of leaves) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return file;
}

type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

function readHeader(bytes: Uint8Array): { header: Json; start: number } {
  if (bytes.length < 8) {
    throw new SafetensorsError(`file has ${bytes.length} bytes, expected at least 8`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(Math.min(bytes.length - 8, maxHeaderBytes))) {
    throw new SafetensorsError(`header of ${length} bytes in a file of ${bytes.length}`);
  }
  const start = 8 + Number(length);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start));
    const header: unknown = JSON.parse(text);
    if (isRecord(header)) return { header, start };
  } catch (cause) {
    throw new SafetensorsError('the header is not JSON', { cause });
  }
  throw new SafetensorsError('the header is not a JSON object');
}

interface Entry {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: Shape;
  readonly start: number;
  readonly end: number;
}

function readEntry(name: string, entry: unknown): Entry {
  const fail = (message: string): never => {
    throw new SafetensorsError(`tensor "${name}": ${message}`);
  };
  if (!isRecord(entry)) return fail('its entry is not an object');
  const { dtype: code, shape, data_offsets: offsets } = entry;
  const dtype = dataTypeOf.get(code as string);
  if (!dtype) return fail(`dtype ${JSON.stringify(code)} is not one of ${[...dataTypeOf.keys()]}`);
  if (!Array.isArray(shape) || shape.length > maxRank || !shape.every(isCount)) {
    return fail(`shape is not an array of at most ${maxRank} sizes`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    return fail('data_offsets is not a pair of positions');
  }
  const [start, end] = offsets as [number, number];
  const expected = shape.reduce((a: number, b: number) => a * b, bytesPerElement(dtype));
  if (end - start !== expected) {
    return fail(`${end - start} bytes for ${dtype} [${shape}], expected ${expected}`);
  }
  return { name, dtype, shape, start, end };
}

/** Entries must cover the data one behind the other: no gaps to hide in, no overlaps. */
function checkCoverage(entries: readonly Entry[], available: number): void {
  let end = 0;
  for (const entry of [...entries].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (entry.start !== end) {
      throw new SafetensorsError(
        `tensor "${entry.name}" begins at ${entry.start}, expected ${end}`,
      );
    }
    end = entry.end;
  }
  if (end !== available) {
    throw new SafetensorsError(`tensors take ${end} bytes of data, the file has ${available}`);
  }
}

function readMetadata(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (!isRecord(value) || !Object.values(value).every((entry) => typeof entry === 'string')) {
    throw new SafetensorsError('__metadata__ is not an object of strings');
  }
  return value as Readonly<Record<string, string>>;
}

/**
 * Reads a safetensors file; the tensors are copies on the JavaScript heap.
 * @throws SafetensorsError for anything that is not one, naming the tensor at fault.
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const { header, start } = readHeader(bytes);
  const { __metadata__: metadata, ...described } = header;
  const entries = Object.entries(described).map(([name, entry]) => readEntry(name, entry));
  checkCoverage(entries, bytes.length - start);
  const tensors = entries.map((entry): [string, Tensor] => {
    const data = newArray(entry.dtype, sizeOf(entry.shape));
    const target = new Uint8Array(data.buffer);
    target.set(bytes.subarray(start + entry.start, start + entry.end));
    if (entry.dtype === 'bool' && target.some((value) => value > 1)) {
      throw new SafetensorsError(`tensor "${entry.name}": a bool is neither 0 nor 1`);
    }
    return [entry.name, fromStorage(entry.dtype, entry.shape, heapStorage(data))];
  });
  return { tensors: new Map(tensors), metadata: readMetadata(metadata) };
}

/**
 * The tensors of a file in the shape of `like`, whose leaves name what is wanted.
 * @throws SafetensorsError when a tensor is missing, left over, or of another shape or data type.
 */
export function loadTree<T extends Tree>({ tensors }: Safetensors, like: T): T {
  const unused = new Set(tensors.keys());
  const tree = mapTree(like, (leaf, path) => {
    const found = tensors.get(path);
    if (!found) throw new SafetensorsError(`the file has no tensor "${path}"`);
    if (found.dtype !== leaf.dtype || !sameShape(found.shape, leaf.shape)) {
      throw new SafetensorsError(
        `tensor "${path}" is ${found.dtype} [${found.shape}], expected ${leaf.dtype} [${leaf.shape}]`,
      );
    }
    unused.delete(path);
    return found;
  });
  const [left] = unused;
  if (left !== undefined) throw new SafetensorsError(`the file has a tensor "${left}" too many`);
  return tree;
}
