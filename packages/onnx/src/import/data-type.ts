import { type OnnxDataType, onnxDataTypeName } from '@subbyte/onnx-proto';
import type { DataType } from '@subbyte/tensor';

/** The data type that holds each ONNX element type; the 16-bit floats are computed in float32. */
const held: { readonly [Type in OnnxDataType]?: DataType } = {
  float: 'float32',
  float16: 'float32',
  bfloat16: 'float32',
  double: 'float64',
  int8: 'int8',
  uint8: 'uint8',
  int16: 'int16',
  uint16: 'uint16',
  int32: 'int32',
  uint32: 'uint32',
  int64: 'int64',
  uint64: 'uint64',
  bool: 'bool',
};

/** Data type of values of an ONNX element type; `undefined` where we have none. */
export function dataTypeOf(code: number): DataType | undefined {
  const name = onnxDataTypeName(code);
  return name && held[name];
}

/** Integer types that ONNX packs below one byte, with their codes; constants of them are unpacked. */
export const packedTypes: {
  readonly [Type in OnnxDataType]?: {
    readonly dtype: 'int8' | 'uint8';
    readonly min: number;
    readonly max: number;
  };
} = {
  int4: { dtype: 'int8', min: -8, max: 7 },
  uint4: { dtype: 'uint8', min: 0, max: 15 },
  int2: { dtype: 'int8', min: -2, max: 1 },
  uint2: { dtype: 'uint8', min: 0, max: 3 },
};
