// The messages of onnx.proto (ONNX 1.21, IR 13) as plain objects, protobuf names in camelCase. An
// absent field is absent here too, so that reading and writing again gives the same message.
// Left out, skipped when read: training information and multi-device annotations.

/** A whole file. */
export interface ModelProto {
  readonly irVersion?: number | undefined;
  readonly producerName?: string | undefined;
  readonly producerVersion?: string | undefined;
  readonly domain?: string | undefined;
  readonly modelVersion?: number | undefined;
  readonly docString?: string | undefined;
  readonly graph?: GraphProto | undefined;
  readonly opsetImport?: readonly OperatorSetIdProto[] | undefined;
  readonly metadataProps?: readonly StringStringEntryProto[] | undefined;
  readonly functions?: readonly FunctionProto[] | undefined;
}

/** Operator-set version of a domain; the default domain is `''`. */
export interface OperatorSetIdProto {
  readonly domain?: string | undefined;
  readonly version?: number | undefined;
}

/** One entry of a string map. */
export interface StringStringEntryProto {
  readonly key?: string | undefined;
  readonly value?: string | undefined;
}

/** Nodes, initializers and typed inputs and outputs. */
export interface GraphProto {
  readonly node?: readonly NodeProto[] | undefined;
  readonly name?: string | undefined;
  readonly initializer?: readonly TensorProto[] | undefined;
  readonly docString?: string | undefined;
  readonly input?: readonly ValueInfoProto[] | undefined;
  readonly output?: readonly ValueInfoProto[] | undefined;
  readonly valueInfo?: readonly ValueInfoProto[] | undefined;
  readonly quantizationAnnotation?: readonly TensorAnnotation[] | undefined;
  readonly sparseInitializer?: readonly SparseTensorProto[] | undefined;
  readonly metadataProps?: readonly StringStringEntryProto[] | undefined;
}

/** One operator call; `''` in `input` and `output` stands for an optional one left out. */
export interface NodeProto {
  readonly input?: readonly string[] | undefined;
  readonly output?: readonly string[] | undefined;
  readonly name?: string | undefined;
  readonly opType?: string | undefined;
  readonly attribute?: readonly AttributeProto[] | undefined;
  readonly docString?: string | undefined;
  readonly domain?: string | undefined;
  readonly overload?: string | undefined;
  readonly metadataProps?: readonly StringStringEntryProto[] | undefined;
}

/** A named attribute; `type` (see `attributeTypes`) says which field carries the value. */
export interface AttributeProto {
  readonly name?: string | undefined;
  readonly f?: number | undefined;
  readonly i?: bigint | undefined;
  /** UTF-8. */
  readonly s?: Uint8Array | undefined;
  readonly t?: TensorProto | undefined;
  readonly g?: GraphProto | undefined;
  readonly floats?: readonly number[] | undefined;
  readonly ints?: readonly bigint[] | undefined;
  /** UTF-8. */
  readonly strings?: readonly Uint8Array[] | undefined;
  readonly tensors?: readonly TensorProto[] | undefined;
  readonly graphs?: readonly GraphProto[] | undefined;
  readonly docString?: string | undefined;
  readonly tp?: TypeProto | undefined;
  readonly typeProtos?: readonly TypeProto[] | undefined;
  readonly type?: number | undefined;
  readonly refAttrName?: string | undefined;
  readonly sparseTensor?: SparseTensorProto | undefined;
  readonly sparseTensors?: readonly SparseTensorProto[] | undefined;
}

/** A tensor; `dataType` is one of `onnxDataTypes`. */
export interface TensorProto {
  readonly dims?: readonly number[] | undefined;
  readonly dataType?: number | undefined;
  readonly segment?: TensorSegment | undefined;
  readonly floatData?: readonly number[] | undefined;
  readonly int32Data?: readonly number[] | undefined;
  readonly stringData?: readonly Uint8Array[] | undefined;
  readonly int64Data?: readonly bigint[] | undefined;
  readonly name?: string | undefined;
  /** Little-endian elements. When read: a view of the file, not aligned. */
  readonly rawData?: Uint8Array | undefined;
  readonly doubleData?: readonly number[] | undefined;
  readonly uint64Data?: readonly bigint[] | undefined;
  readonly docString?: string | undefined;
  /** `location`, `offset`, `length`, `checksum` of data outside the file. */
  readonly externalData?: readonly StringStringEntryProto[] | undefined;
  /** 1: the data is external. */
  readonly dataLocation?: number | undefined;
  readonly metadataProps?: readonly StringStringEntryProto[] | undefined;
}

/** Part of a tensor stored in chunks. */
export interface TensorSegment {
  readonly begin?: bigint | undefined;
  readonly end?: bigint | undefined;
}

/** A tensor given by its non-zero elements. */
export interface SparseTensorProto {
  readonly values?: TensorProto | undefined;
  readonly indices?: TensorProto | undefined;
  readonly dims?: readonly number[] | undefined;
}

/** Name and type of a value. */
export interface ValueInfoProto {
  readonly name?: string | undefined;
  readonly type?: TypeProto | undefined;
  readonly docString?: string | undefined;
  readonly metadataProps?: readonly StringStringEntryProto[] | undefined;
}

/** Type of a value: at most one of the fields but `denotation` is set. */
export interface TypeProto {
  readonly tensorType?: TensorTypeProto | undefined;
  readonly sequenceType?: ElementTypeProto | undefined;
  readonly mapType?: MapTypeProto | undefined;
  readonly denotation?: string | undefined;
  readonly sparseTensorType?: TensorTypeProto | undefined;
  readonly optionalType?: ElementTypeProto | undefined;
}

/** Element type (one of `onnxDataTypes`) and shape of a tensor. */
export interface TensorTypeProto {
  readonly elemType?: number | undefined;
  readonly shape?: TensorShapeProto | undefined;
}

/** Type of a sequence or an optional. */
export interface ElementTypeProto {
  readonly elemType?: TypeProto | undefined;
}

/** Type of a map. */
export interface MapTypeProto {
  readonly keyType?: number | undefined;
  readonly valueType?: TypeProto | undefined;
}

/** Axes of a tensor type. */
export interface TensorShapeProto {
  readonly dim?: readonly DimensionProto[] | undefined;
}

/** A size (`dimValue`), a named size (`dimParam`), or neither: unknown. */
export interface DimensionProto {
  readonly dimValue?: number | undefined;
  readonly dimParam?: string | undefined;
  readonly denotation?: string | undefined;
}

/** Quantization parameters of a tensor, by the names of the tensors that hold them. */
export interface TensorAnnotation {
  readonly tensorName?: string | undefined;
  readonly quantParameterTensorNames?: readonly StringStringEntryProto[] | undefined;
}

/** An operator defined by nodes inside the model. */
export interface FunctionProto {
  readonly name?: string | undefined;
  readonly input?: readonly string[] | undefined;
  readonly output?: readonly string[] | undefined;
  readonly attribute?: readonly string[] | undefined;
  readonly node?: readonly NodeProto[] | undefined;
  readonly docString?: string | undefined;
  readonly opsetImport?: readonly OperatorSetIdProto[] | undefined;
  readonly domain?: string | undefined;
  readonly attributeProto?: readonly AttributeProto[] | undefined;
  readonly valueInfo?: readonly ValueInfoProto[] | undefined;
  readonly overload?: string | undefined;
  readonly metadataProps?: readonly StringStringEntryProto[] | undefined;
}

/** Every message by name. */
export interface Messages {
  readonly ModelProto: ModelProto;
  readonly OperatorSetIdProto: OperatorSetIdProto;
  readonly StringStringEntryProto: StringStringEntryProto;
  readonly GraphProto: GraphProto;
  readonly NodeProto: NodeProto;
  readonly AttributeProto: AttributeProto;
  readonly TensorProto: TensorProto;
  readonly TensorSegment: TensorSegment;
  readonly SparseTensorProto: SparseTensorProto;
  readonly ValueInfoProto: ValueInfoProto;
  readonly TypeProto: TypeProto;
  readonly TensorTypeProto: TensorTypeProto;
  readonly ElementTypeProto: ElementTypeProto;
  readonly MapTypeProto: MapTypeProto;
  readonly TensorShapeProto: TensorShapeProto;
  readonly DimensionProto: DimensionProto;
  readonly TensorAnnotation: TensorAnnotation;
  readonly FunctionProto: FunctionProto;
}

/** Name of a message. */
export type MessageName = keyof Messages;
