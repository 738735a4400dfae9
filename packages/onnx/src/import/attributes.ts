import { type AttributeProto, attributeTypes, type TensorProto } from '@subbyte/onnx-proto';

/** Attributes of a node. Each reader throws an OnnxError for a value of another type. */
export interface Attributes {
  has(name: string): boolean;
  /** Without a `fallback` the attribute is required. */
  int(name: string, fallback?: number): number;
  float(name: string, fallback?: number): number;
  string(name: string, fallback?: string): string;
  ints(name: string): readonly number[] | undefined;
  floats(name: string): readonly number[] | undefined;
  tensor(name: string): TensorProto | undefined;
  flag(name: string, fallback: boolean): boolean;
  /** What `table` has under the attribute's value. */
  choice<Value>(
    name: string,
    table: { readonly [text: string]: Value },
    fallback: string,
  ): NonNullable<Value>;
}

const utf8 = new TextDecoder();

/** Reads `attributes`; faults become `error(message)`. */
export function attributesOf(
  attributes: readonly AttributeProto[],
  error: (message: string) => Error,
): Attributes {
  const byName = new Map(attributes.map((attribute) => [attribute.name ?? '', attribute]));

  const find = (name: string, type: keyof typeof attributeTypes): AttributeProto | undefined => {
    const attribute = byName.get(name);
    if (attribute?.refAttrName) throw error(`attribute "${name}" refers to a function's`);
    // Files older than IR 2 leave the type out.
    if (attribute?.type && attribute.type !== attributeTypes[type]) {
      throw error(`attribute "${name}" has type ${attribute.type}, expected ${type}`);
    }
    return attribute;
  };

  const one = <Value>(
    name: string,
    found: AttributeProto | undefined,
    read: (attribute: AttributeProto) => Value,
    fallback: Value | undefined,
  ): Value => {
    if (found) return read(found);
    if (fallback === undefined) throw error(`attribute "${name}" is missing`);
    return fallback;
  };

  const reader: Attributes = {
    has: (name) => byName.has(name),
    int: (name, fallback) => one(name, find(name, 'int'), ({ i }) => Number(i ?? 0n), fallback),
    float: (name, fallback) => one(name, find(name, 'float'), ({ f }) => f ?? 0, fallback),
    string: (name, fallback) =>
      one(name, find(name, 'string'), ({ s }) => utf8.decode(s), fallback),
    ints: (name) => {
      const found = find(name, 'ints');
      return found && (found.ints ?? []).map(Number);
    },
    floats: (name) => {
      const found = find(name, 'floats');
      return found && (found.floats ?? []);
    },
    tensor: (name) => find(name, 'tensor')?.t,
    flag: (name, fallback) => {
      const value = reader.int(name, Number(fallback));
      if (value !== 0 && value !== 1) throw error(`${name} ${value}, expected 0 or 1`);
      return value === 1;
    },
    choice: (name, table, fallback) => {
      const text = reader.string(name, fallback);
      const value = Object.hasOwn(table, text) ? table[text] : undefined;
      if (value === undefined || value === null) {
        throw error(`${name} "${text}", expected ${Object.keys(table).join(', ')}`);
      }
      return value;
    },
  };
  return reader;
}
