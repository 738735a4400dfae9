import type { MessageName, Messages } from './types.ts';

/**
 * How a scalar is stored. `integer` is an int64 read as a number; `int64` and `uint64` are bigints.
 */
export type ScalarKind =
  | 'string'
  | 'bytes'
  | 'float'
  | 'double'
  | 'int32'
  | 'integer'
  | 'int64'
  | 'uint64';

/** Number and kind of a field; `repeated` fields are arrays, `packed` ones are written as one run. */
export interface Field<Kind = ScalarKind | MessageName> {
  readonly number: number;
  readonly kind: Kind;
  readonly repeated: boolean;
  readonly packed: boolean;
}

type KindOf<Value> = Value extends string
  ? 'string'
  : Value extends Uint8Array
    ? 'bytes'
    : Value extends bigint
      ? 'int64' | 'uint64'
      : Value extends number
        ? 'float' | 'double' | 'int32' | 'integer'
        : MessageName;

type FieldOf<Value> = Value extends readonly (infer Element)[]
  ? Field<KindOf<Element>> & { readonly repeated: true }
  : Field<KindOf<Value>> & { readonly repeated: false };

type Schema = {
  readonly [Message in MessageName]: {
    readonly [Name in keyof Messages[Message]]-?: FieldOf<NonNullable<Messages[Message][Name]>>;
  };
};

type One<Kind> = Field<Kind> & { readonly repeated: false };
type Many<Kind> = Field<Kind> & { readonly repeated: true };

const one = <Kind extends Field['kind']>(number: number, kind: Kind): One<Kind> => ({
  number,
  kind,
  repeated: false,
  packed: false,
});

const many = <Kind extends Field['kind']>(number: number, kind: Kind): Many<Kind> => ({
  number,
  kind,
  repeated: true,
  packed: false,
});

const packed = <Kind extends ScalarKind>(number: number, kind: Kind): Many<Kind> => ({
  number,
  kind,
  repeated: true,
  packed: true,
});

/** Fields of every message, in ascending order of their numbers (onnx.proto of ONNX 1.21). */
export const schema: Schema = {
  ModelProto: {
    irVersion: one(1, 'integer'),
    producerName: one(2, 'string'),
    producerVersion: one(3, 'string'),
    domain: one(4, 'string'),
    modelVersion: one(5, 'integer'),
    docString: one(6, 'string'),
    graph: one(7, 'GraphProto'),
    opsetImport: many(8, 'OperatorSetIdProto'),
    metadataProps: many(14, 'StringStringEntryProto'),
    functions: many(25, 'FunctionProto'),
  },
  OperatorSetIdProto: { domain: one(1, 'string'), version: one(2, 'integer') },
  StringStringEntryProto: { key: one(1, 'string'), value: one(2, 'string') },
  GraphProto: {
    node: many(1, 'NodeProto'),
    name: one(2, 'string'),
    initializer: many(5, 'TensorProto'),
    docString: one(10, 'string'),
    input: many(11, 'ValueInfoProto'),
    output: many(12, 'ValueInfoProto'),
    valueInfo: many(13, 'ValueInfoProto'),
    quantizationAnnotation: many(14, 'TensorAnnotation'),
    sparseInitializer: many(15, 'SparseTensorProto'),
    metadataProps: many(16, 'StringStringEntryProto'),
  },
  NodeProto: {
    input: many(1, 'string'),
    output: many(2, 'string'),
    name: one(3, 'string'),
    opType: one(4, 'string'),
    attribute: many(5, 'AttributeProto'),
    docString: one(6, 'string'),
    domain: one(7, 'string'),
    overload: one(8, 'string'),
    metadataProps: many(9, 'StringStringEntryProto'),
  },
  AttributeProto: {
    name: one(1, 'string'),
    f: one(2, 'float'),
    i: one(3, 'int64'),
    s: one(4, 'bytes'),
    t: one(5, 'TensorProto'),
    g: one(6, 'GraphProto'),
    floats: many(7, 'float'),
    ints: many(8, 'int64'),
    strings: many(9, 'bytes'),
    tensors: many(10, 'TensorProto'),
    graphs: many(11, 'GraphProto'),
    docString: one(13, 'string'),
    tp: one(14, 'TypeProto'),
    typeProtos: many(15, 'TypeProto'),
    type: one(20, 'int32'),
    refAttrName: one(21, 'string'),
    sparseTensor: one(22, 'SparseTensorProto'),
    sparseTensors: many(23, 'SparseTensorProto'),
  },
  TensorProto: {
    dims: many(1, 'integer'),
    dataType: one(2, 'int32'),
    segment: one(3, 'TensorSegment'),
    floatData: packed(4, 'float'),
    int32Data: packed(5, 'int32'),
    stringData: many(6, 'bytes'),
    int64Data: packed(7, 'int64'),
    name: one(8, 'string'),
    rawData: one(9, 'bytes'),
    doubleData: packed(10, 'double'),
    uint64Data: packed(11, 'uint64'),
    docString: one(12, 'string'),
    externalData: many(13, 'StringStringEntryProto'),
    dataLocation: one(14, 'int32'),
    metadataProps: many(16, 'StringStringEntryProto'),
  },
  TensorSegment: { begin: one(1, 'int64'), end: one(2, 'int64') },
  SparseTensorProto: {
    values: one(1, 'TensorProto'),
    indices: one(2, 'TensorProto'),
    dims: many(3, 'integer'),
  },
  ValueInfoProto: {
    name: one(1, 'string'),
    type: one(2, 'TypeProto'),
    docString: one(3, 'string'),
    metadataProps: many(4, 'StringStringEntryProto'),
  },
  TypeProto: {
    tensorType: one(1, 'TensorTypeProto'),
    sequenceType: one(4, 'ElementTypeProto'),
    mapType: one(5, 'MapTypeProto'),
    denotation: one(6, 'string'),
    sparseTensorType: one(8, 'TensorTypeProto'),
    optionalType: one(9, 'ElementTypeProto'),
  },
  TensorTypeProto: { elemType: one(1, 'int32'), shape: one(2, 'TensorShapeProto') },
  ElementTypeProto: { elemType: one(1, 'TypeProto') },
  MapTypeProto: { keyType: one(1, 'int32'), valueType: one(2, 'TypeProto') },
  TensorShapeProto: { dim: many(1, 'DimensionProto') },
  DimensionProto: {
    dimValue: one(1, 'integer'),
    dimParam: one(2, 'string'),
    denotation: one(3, 'string'),
  },
  TensorAnnotation: {
    tensorName: one(1, 'string'),
    quantParameterTensorNames: many(2, 'StringStringEntryProto'),
  },
  FunctionProto: {
    name: one(1, 'string'),
    input: many(4, 'string'),
    output: many(5, 'string'),
    attribute: many(6, 'string'),
    node: many(7, 'NodeProto'),
    docString: one(8, 'string'),
    opsetImport: many(9, 'OperatorSetIdProto'),
    domain: one(10, 'string'),
    attributeProto: many(11, 'AttributeProto'),
    valueInfo: many(12, 'ValueInfoProto'),
    overload: one(13, 'string'),
    metadataProps: many(14, 'StringStringEntryProto'),
  },
};

/** Whether `kind` names a message. */
export function isMessage(kind: Field['kind']): kind is MessageName {
  return kind in schema;
}
