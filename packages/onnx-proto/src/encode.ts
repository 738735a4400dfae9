import { wireTypeOf, wireTypes } from './reader.ts';
import { type Field, isMessage, schema } from './schema.ts';
import type { MessageName, Messages, ModelProto, TensorProto } from './types.ts';
import { Writer } from './writer.ts';

function writeValue(writer: Writer, field: Field, value: unknown): void {
  if (isMessage(field.kind)) {
    const after = writer.length;
    writeMessage(writer, field.kind, value as Record<string, unknown>);
    writer.unsigned(writer.length - after);
    return;
  }
  writer.scalar[field.kind](value as never);
}

function writeTag(writer: Writer, field: Field, wireType: number): void {
  writer.unsigned(field.number * 8 + wireType);
}

function writeMessage(writer: Writer, name: MessageName, message: Record<string, unknown>): void {
  const fields = Object.entries(schema[name] as Record<string, Field>);
  for (const [key, field] of fields.reverse()) {
    const value = message[key];
    if (value === undefined) continue;
    const wireType = isMessage(field.kind) ? wireTypes.bytes : wireTypeOf[field.kind];
    const values = (field.repeated ? value : [value]) as readonly unknown[];
    const after = writer.length;
    for (let i = values.length - 1; i >= 0; i--) {
      writeValue(writer, field, values[i]);
      if (!field.packed) writeTag(writer, field, wireType);
    }
    if (field.packed && values.length > 0) {
      writer.unsigned(writer.length - after);
      writeTag(writer, field, wireTypes.bytes);
    }
  }
}

/**
 * Writes one message of any type; the same message gives the same bytes.
 * @throws OnnxProtoError for numbers outside the range of their field.
 */
export function encodeMessage<Name extends MessageName>(
  name: Name,
  message: Messages[Name],
): Uint8Array {
  const writer = new Writer();
  writeMessage(writer, name, message as Record<string, unknown>);
  return writer.finish();
}

/**
 * Writes an ONNX file; the same model gives the same bytes.
 * @throws OnnxProtoError for numbers outside the range of their field, and beyond 2 GB.
 */
export function encodeModel(model: ModelProto): Uint8Array {
  return encodeMessage('ModelProto', model);
}

/** Writes a tensor message. */
export function encodeTensor(tensor: TensorProto): Uint8Array {
  return encodeMessage('TensorProto', tensor);
}
