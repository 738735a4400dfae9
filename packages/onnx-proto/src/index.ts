export {
  attributeTypes,
  type OnnxDataType,
  onnxDataTypeName,
  onnxDataTypes,
} from './data-types.ts';
export { decodeMessage, decodeModel, decodeTensor } from './decode.ts';
export { elementCount, type TensorElements, tensorElements } from './elements.ts';
export { encodeMessage, encodeModel, encodeTensor } from './encode.ts';
export { OnnxProtoError } from './errors.ts';
export type {
  AttributeProto,
  DimensionProto,
  ElementTypeProto,
  FunctionProto,
  GraphProto,
  MapTypeProto,
  MessageName,
  Messages,
  ModelProto,
  NodeProto,
  OperatorSetIdProto,
  SparseTensorProto,
  StringStringEntryProto,
  TensorAnnotation,
  TensorProto,
  TensorSegment,
  TensorShapeProto,
  TensorTypeProto,
  TypeProto,
  ValueInfoProto,
} from './types.ts';
