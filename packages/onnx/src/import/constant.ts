import { type OnnxDataType, type TensorProto, tensorElements } from '@subbyte/onnx-proto';
import { type Tensor, tensor } from '@subbyte/tensor';
import { OnnxError } from '../errors.ts';
import { dataTypeOf, packedTypes } from './data-type.ts';
import { type ExternalData, readExternal } from './external-data.ts';

/** A constant and the element type it has in the file. */
export interface Constant {
  readonly value: Tensor;
  readonly stored: OnnxDataType;
}

const external = 1;

/**
 * The tensor in `proto`. Whole-byte types share the memory of the file where alignment allows; the
 * 16-bit floats become float32, 4- and 2-bit codes one byte each.
 * @throws OnnxError for types that are not numbers and for external data that cannot be had.
 * @throws OnnxProtoError when the data does not match the shape.
 */
export function constantOf(proto: TensorProto, externalData?: ExternalData): Constant {
  const raw = proto.dataLocation === external ? readExternal(proto, externalData) : undefined;
  const { dataType, values } = tensorElements(proto, raw ?? proto.rawData);
  const dtype = packedTypes[dataType]?.dtype ?? dataTypeOf(proto.dataType ?? 0);
  if (!dtype) throw new OnnxError(`tensor "${proto.name ?? ''}" has elements of type ${dataType}`);
  return { value: tensor(values, proto.dims ?? [], dtype), stored: dataType };
}
