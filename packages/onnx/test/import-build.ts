// Small ONNX models for the tests of the import.

import {
  type AttributeProto,
  attributeTypes,
  encodeModel,
  type ModelProto,
  type NodeProto,
  onnxDataTypes,
  type TensorProto,
} from '@subbyte/onnx-proto';
import type { DataType, Tensor } from '@subbyte/tensor';

const codes: { readonly [D in DataType]: number } = {
  float32: onnxDataTypes.float,
  float64: onnxDataTypes.double,
  int8: onnxDataTypes.int8,
  uint8: onnxDataTypes.uint8,
  int16: onnxDataTypes.int16,
  uint16: onnxDataTypes.uint16,
  int32: onnxDataTypes.int32,
  uint32: onnxDataTypes.uint32,
  int64: onnxDataTypes.int64,
  uint64: onnxDataTypes.uint64,
  bool: onnxDataTypes.bool,
};

/** A tensor as an initializer. */
export function initializer(name: string, value: Tensor): TensorProto {
  const { buffer, byteOffset, byteLength } = value.data;
  return {
    name,
    dims: value.shape,
    dataType: codes[value.dtype],
    rawData: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
  };
}

/** Values of attributes: whole numbers are ints, `{ float }` and arrays of it floats. */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | Tensor;

export function attribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'number') return { name, type: attributeTypes.int, i: BigInt(value) };
  if (typeof value === 'string') {
    return { name, type: attributeTypes.string, s: new TextEncoder().encode(value) };
  }
  if ('float' in value) return { name, type: attributeTypes.float, f: value.float };
  if ('floats' in value) return { name, type: attributeTypes.floats, floats: value.floats };
  if ('dtype' in value) {
    return { name, type: attributeTypes.tensor, t: initializer('', value as Tensor) };
  }
  return { name, type: attributeTypes.ints, ints: (value as number[]).map(BigInt) };
}

/** What a small model is made of. */
export interface Small {
  readonly opset?: number;
  readonly domain?: string;
  readonly nodes: readonly NodeProto[];
  /** Fed at run time; `open` leaves every size but the rank open. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly constants?: Readonly<Record<string, Tensor>>;
  readonly initializers?: readonly TensorProto[];
  /** Results with their data types. */
  readonly outputs: readonly string[];
  readonly open?: boolean;
}

/** The parts as a model message. */
export function modelOf(small: Small): ModelProto {
  const { opset = 17, open = false } = small;
  return {
    irVersion: opset > 21 ? 11 : opset > 18 ? 10 : 8,
    opsetImport: [{ version: opset }, { domain: 'com.microsoft', version: 1 }],
    graph: {
      name: 'test',
      node: small.nodes,
      input: Object.entries(small.inputs).map(([name, { dtype, shape }]) => ({
        name,
        type: {
          tensorType: {
            elemType: codes[dtype],
            shape: {
              dim: shape.map((size, axis) =>
                open ? { dimParam: `${name}${axis}` } : { dimValue: size },
              ),
            },
          },
        },
      })),
      // onnxruntime infers the types of outputs.
      output: small.outputs.map((name) => ({ name })),
      initializer: [
        ...Object.entries(small.constants ?? {}).map(([name, value]) => initializer(name, value)),
        ...(small.initializers ?? []),
      ],
    },
  };
}

/** The parts as a file. */
export function fileOf(small: Small): Uint8Array {
  return encodeModel(modelOf(small));
}
