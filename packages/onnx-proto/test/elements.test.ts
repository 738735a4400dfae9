import { expect, test } from 'vitest';
import {
  elementCount,
  OnnxProtoError,
  onnxDataTypes,
  type TensorProto,
  tensorElements,
} from '../src/index.ts';

const values = (tensor: TensorProto) => [...tensorElements(tensor).values];

test('raw data is little-endian and may lie anywhere in the file', () => {
  const file = Uint8Array.of(9, 0, 0, 128, 63, 0, 0, 0, 192);
  const tensor = { dims: [2], dataType: onnxDataTypes.float, rawData: file.subarray(1) };
  expect(values(tensor)).toEqual([1, -2]);
});

test('aligned raw data is not copied', () => {
  const file = new Uint8Array(16);
  const tensor = { dims: [2], dataType: onnxDataTypes.float, rawData: file.subarray(8) };
  expect(tensorElements(tensor).values.buffer).toBe(file.buffer);
});

test('each element type is read from its own field', () => {
  const { float, double, int8, uint8, int16, bool, int32, uint32, int64, uint64 } = onnxDataTypes;
  const dims = [2];
  expect(values({ dims, dataType: float, floatData: [1.5, -2] })).toEqual([1.5, -2]);
  expect(values({ dims, dataType: double, doubleData: [0.1, 2] })).toEqual([0.1, 2]);
  expect(values({ dims, dataType: int8, int32Data: [-1, 2] })).toEqual([-1, 2]);
  expect(values({ dims, dataType: uint8, int32Data: [255, 2] })).toEqual([255, 2]);
  expect(values({ dims, dataType: int16, int32Data: [-300, 2] })).toEqual([-300, 2]);
  expect(values({ dims, dataType: bool, int32Data: [1, 0] })).toEqual([1, 0]);
  expect(values({ dims, dataType: int32, int32Data: [-7, 2] })).toEqual([-7, 2]);
  expect(values({ dims, dataType: uint32, uint64Data: [2n ** 32n - 1n, 2n] })).toEqual([
    2 ** 32 - 1,
    2,
  ]);
  expect(values({ dims, dataType: int64, int64Data: [-(2n ** 60n), 2n] })).toEqual([
    -(2n ** 60n),
    2n,
  ]);
  expect(values({ dims, dataType: uint64, uint64Data: [2n ** 63n, 2n] })).toEqual([2n ** 63n, 2n]);
});

test('half and bfloat16 become float32', () => {
  const half = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x3555];
  const tensor = { dims: [6], dataType: onnxDataTypes.float16, int32Data: half };
  expect(values(tensor)).toEqual([1, -2, 65504, 2 ** -24, Infinity, 0x555 * 2 ** -12]);
  const brain = { dims: [2], dataType: onnxDataTypes.bfloat16, int32Data: [0x3f80, 0xc0a0] };
  expect(values(brain)).toEqual([1, -5]);
  const rawData = Uint8Array.of(0x00, 0x3c, 0x00, 0xc0);
  expect(values({ dims: [2], dataType: onnxDataTypes.float16, rawData })).toEqual([1, -2]);
});

test('4- and 2-bit codes are unpacked from the low bits up', () => {
  const rawData = Uint8Array.of(0x8f, 0x07);
  expect(values({ dims: [3], dataType: onnxDataTypes.int4, rawData })).toEqual([-1, -8, 7]);
  expect(values({ dims: [3], dataType: onnxDataTypes.uint4, rawData })).toEqual([15, 8, 7]);
  const crumbs = Uint8Array.of(0b11_10_01_00, 0b10);
  expect(values({ dims: [5], dataType: onnxDataTypes.int2, rawData: crumbs })).toEqual([
    0, 1, -2, -1, -2,
  ]);
  const int32Data = [0b11_10_01_00, 0b10];
  expect(values({ dims: [5], dataType: onnxDataTypes.uint2, int32Data })).toEqual([0, 1, 2, 3, 2]);
});

test('a shape that the data does not fill is refused before anything is allocated', () => {
  const huge = { name: 'w', dims: [1e9], dataType: onnxDataTypes.float };
  expect(() => tensorElements(huge)).toThrow(/tensor "w".*0 values, expected 1000000000/);
  expect(() => tensorElements({ ...huge, rawData: new Uint8Array(8) })).toThrow(OnnxProtoError);
  expect(() => elementCount({ dims: [1e9, 1e9] })).toThrow(/at most 2\^31 - 1/);
  expect(() => elementCount({ dims: [-1] })).toThrow(/size of -1/);
});

test('types that are not numbers are refused by name', () => {
  const text = { name: 'labels', dims: [0], dataType: onnxDataTypes.string };
  expect(() => tensorElements(text)).toThrow(/"labels" has elements of type string/);
  expect(() => tensorElements({ dims: [0], dataType: 77 })).toThrow(/type 77/);
});
