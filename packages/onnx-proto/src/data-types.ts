/** Element types of tensors (`TensorProto.DataType`) by name, in lower case. */
export const onnxDataTypes = {
  undefined: 0,
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
  float8e4m3fn: 17,
  float8e4m3fnuz: 18,
  float8e5m2: 19,
  float8e5m2fnuz: 20,
  uint4: 21,
  int4: 22,
  float4e2m1: 23,
  float8e8m0: 24,
  uint2: 25,
  int2: 26,
} as const;

/** Name of an element type. */
export type OnnxDataType = keyof typeof onnxDataTypes;

const names = new Map<number, OnnxDataType>(
  Object.entries(onnxDataTypes).map(([name, code]) => [code, name as OnnxDataType]),
);

/** Name of the element type with this number; `undefined` for numbers nobody has defined. */
export function onnxDataTypeName(code: number): OnnxDataType | undefined {
  return names.get(code);
}

/** Kinds of attribute values (`AttributeProto.AttributeType`) by name. */
export const attributeTypes = {
  undefined: 0,
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  tensors: 9,
  graphs: 10,
  sparseTensor: 11,
  sparseTensors: 12,
  typeProto: 13,
  typeProtos: 14,
} as const;
