import { Reader, wireTypeOf, wireTypes } from './reader.ts';
import { type Field, isMessage, schema } from './schema.ts';
import type { MessageName, Messages, ModelProto, TensorProto } from './types.ts';

/** Messages may nest this deep (protobuf's own default). */
const maxDepth = 100;

type Draft = Record<string, unknown>;
type NamedField = Field & { readonly name: string };

/** Fields of each message by number. */
const byNumber = new Map<string, ReadonlyMap<number, NamedField>>(
  Object.entries(schema).map(([message, fields]) => [
    message,
    new Map(
      Object.entries(fields as Record<string, Field>).map(([name, field]) => [
        field.number,
        { ...field, name },
      ]),
    ),
  ]),
);

function readValue(reader: Reader, field: NamedField, end: number, depth: number): unknown {
  if (!isMessage(field.kind)) return reader.scalar[field.kind](end);
  const stop = reader.runEnd(end);
  return readMessage(reader, field.kind, stop, depth + 1, {});
}

function readRepeated(
  reader: Reader,
  field: NamedField,
  wireType: number,
  end: number,
  depth: number,
  values: unknown[],
): void {
  const isRun = wireType === wireTypes.bytes;
  if (isMessage(field.kind) || wireTypeOf[field.kind] === wireTypes.bytes || !isRun) {
    values.push(readValue(reader, field, end, depth));
    return;
  }
  const stop = reader.runEnd(end);
  const read = reader.scalar[field.kind];
  while (reader.position < stop) values.push(read(stop));
}

function readMessage(
  reader: Reader,
  message: MessageName,
  end: number,
  depth: number,
  draft: Draft,
): Draft {
  if (depth > maxDepth) throw reader.error(`messages nest deeper than ${maxDepth}`);
  const fields = byNumber.get(message) as ReadonlyMap<number, NamedField>;
  while (reader.position < end) {
    const { number, wireType } = reader.tag(end);
    const field = fields.get(number);
    if (!field) {
      reader.skip(wireType, end);
      continue;
    }
    const expected = isMessage(field.kind) ? wireTypes.bytes : wireTypeOf[field.kind];
    if (wireType !== expected && !(field.repeated && wireType === wireTypes.bytes)) {
      throw reader.error(
        `${message}.${field.name} has wire type ${wireType}, expected ${expected}`,
      );
    }
    if (field.repeated) {
      draft[field.name] ??= [];
      readRepeated(reader, field, wireType, end, depth, draft[field.name] as unknown[]);
    } else if (isMessage(field.kind)) {
      // A message that comes twice is merged, as protobuf asks.
      const stop = reader.runEnd(end);
      const before = (draft[field.name] ?? {}) as Draft;
      draft[field.name] = readMessage(reader, field.kind, stop, depth + 1, before);
    } else {
      draft[field.name] = reader.scalar[field.kind](end);
    }
  }
  return draft;
}

/**
 * Reads one message of any type. Byte fields are views of `bytes`; unknown fields are skipped.
 * @throws OnnxProtoError for bytes that are not such a message.
 */
export function decodeMessage<Name extends MessageName>(
  name: Name,
  bytes: Uint8Array,
): Messages[Name] {
  // Node's Buffer is a Uint8Array whose methods differ: views of it must not get out.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  return readMessage(new Reader(plain), name, plain.length, 0, {}) as Messages[Name];
}

/**
 * Reads an ONNX file. Byte fields (`rawData`) are views of `bytes`; unknown fields are skipped.
 * @throws OnnxProtoError for bytes that are not an ONNX model.
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  return decodeMessage('ModelProto', bytes);
}

/**
 * Reads a tensor message, the form of ONNX's own test data (`input_0.pb`).
 * @throws OnnxProtoError for bytes that are not one.
 */
export function decodeTensor(bytes: Uint8Array): TensorProto {
  return decodeMessage('TensorProto', bytes);
}
