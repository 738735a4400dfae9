import {
  consumersOf,
  type Graph,
  type Node,
  type NodeOf,
  type OpName,
  producersOf,
  type ValueType,
} from '@subbyte/graph';
import {
  type AttributeProto,
  attributeTypes,
  type NodeProto,
  onnxDataTypes,
  type TensorAnnotation,
  type TensorProto,
} from '@subbyte/onnx-proto';
import type { UniformQuantizer } from '@subbyte/quantizers';
import { type DataType, scalar, type Tensor, tensor } from '@subbyte/tensor';
import { OnnxError } from '../errors.ts';
import type { Attributes, AttributeValue } from './attributes.ts';

/** How the weights of a model are stored. */
export type Form = 'float' | 'qdq' | 'packed';

/** Writes the ONNX nodes of one graph operation. */
export type Rule<Op extends OpName> = (node: NodeOf<Op>, writer: Writer) => void;

/** One rule for each of these operations. */
export type Rules<Op extends OpName> = { readonly [K in Op]: Rule<K> };

/** One ONNX operator in a chain, with its operands after the first. */
export type Step = readonly [opType: string, ...operands: string[]];

/** What a node that is being written is called: for its ONNX nodes and in errors. */
export interface Named {
  readonly name: string;
  readonly op: string;
}

/** A value as integer codes. */
interface Codes {
  readonly name: string;
  readonly quantizer: UniformQuantizer;
}

/** The graph node behind an ONNX node. */
interface Source extends Named {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Collects the nodes and initializers of the model being written. */
export interface Writer {
  readonly graph: Graph;
  readonly form: Form;
  readonly opset: number;
  /** Depthwise convolutions compute in float. */
  readonly floatDepthwise: boolean;
  /** Types of the graph's values, as far as they can be told. */
  readonly types: ReadonlyMap<string, ValueType>;
  /** The node that gives each value. */
  readonly producers: ReadonlyMap<string, Node>;
  /** The nodes that read each value. */
  readonly consumers: ReadonlyMap<string, readonly Node[]>;
  /** Integer codes that hold a value exactly, by the value's name. */
  readonly codes: Map<string, Codes>;
  /** Weights that are written as codes and DequantizeLinear. */
  readonly dequantized: Set<string>;
  readonly nodes: NodeProto[];
  readonly initializers: TensorProto[];
  readonly annotations: TensorAnnotation[];
  readonly metadata: Map<string, string>;
  /** A name nobody uses: `wanted`, or `wanted` with a number. */
  name(wanted: string): string;
  /** A short name for a value between two helper nodes. */
  temporary(): string;
  /** Throws unless the opset has `what`. */
  require(node: Named, what: string, since: number): void;
  /** The error for a node that ONNX cannot express. */
  unsupported(node: Named, reason: string): OnnxError;
  /** Adds an ONNX node; operands that are graph constants become initializers. Only nodes that stand
   * for a graph node need a name. */
  node(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes?: Attributes,
    name?: string,
  ): void;
  /** Writes `node` as one ONNX node with the same operands and results. */
  emit(node: Source, opType: string, attributes?: Attributes): void;
  /** Applies operators one after the other, the last one giving `output`; returns its name. */
  chain(node: Named, x: string, steps: readonly Step[], output?: string): string;
  /** Adds an initializer; returns its name. */
  tensor(wanted: string, value: Tensor): string;
  /** Gives the graph value `name` as an initializer. */
  constant(name: string, value: Tensor): void;
  /** Writes the graph constant `name`, if it is one, though no node reads it. */
  keep(name: string): void;
  /** An initializer for a small constant; equal ones are written once. */
  shared(wanted: string, value: Tensor): string;
  /** Adds an initializer of a type that tensors do not have (int4). */
  raw(wanted: string, dataType: number, dims: readonly number[], bytes: Uint8Array): string;
  /** Adds a float32 vector. */
  floats(wanted: string, values: readonly number[]): string;
  /** An int64 vector, shared. */
  int64s(wanted: string, values: readonly (number | bigint)[]): string;
  /** Clamps `x` into `y`; infinite bounds are left open. */
  clip(node: Named, x: string, y: string, min: number, max: number): void;
  /** The number ONNX gives a data type. */
  typeCode(dtype: DataType): number;
}

const typeCodes: { readonly [D in DataType]: number } = {
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

/** A tensor message with a copy of the elements (little-endian, as every machine we run on). */
function tensorProto(value: Tensor, name?: string): TensorProto {
  const { buffer, byteOffset, byteLength } = value.data;
  return {
    dims: [...value.shape],
    dataType: typeCodes[value.dtype],
    ...(name === undefined ? {} : { name }),
    rawData: new Uint8Array(buffer, byteOffset, byteLength).slice(),
  };
}

function attributeProto(name: string, attribute: AttributeValue): AttributeProto {
  switch (attribute.kind) {
    case 'int':
      return { name, type: attributeTypes.int, i: BigInt(attribute.value) };
    case 'float':
      return { name, type: attributeTypes.float, f: attribute.value };
    case 'string':
      return { name, type: attributeTypes.string, s: new TextEncoder().encode(attribute.value) };
    case 'ints':
      return { name, type: attributeTypes.ints, ints: attribute.value.map(BigInt) };
    case 'tensor':
      return { name, type: attributeTypes.tensor, t: tensorProto(attribute.value) };
  }
}

function allNames(graph: Graph): string[] {
  return [
    ...graph.constants.keys(),
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ];
}

/** A writer for `graph` that has written nothing yet. */
export function createWriter(
  graph: Graph,
  form: Form,
  opset: number,
  floatDepthwise: boolean,
  types: ReadonlyMap<string, ValueType>,
): Writer {
  const used = new Set(allNames(graph));
  const nodeNames = new Set<string>();
  const written = new Set<string>();
  const shared = new Map<string, string>();
  let temporaries = 0;
  const unique = (wanted: string, names: Set<string>): string => {
    let name = wanted;
    for (let i = 1; names.has(name); i++) name = `${wanted}.${i}`;
    names.add(name);
    return name;
  };
  const writer: Writer = {
    graph,
    form,
    opset,
    floatDepthwise,
    types,
    producers: producersOf(graph),
    consumers: consumersOf(graph),
    codes: new Map(),
    dequantized: new Set(),
    nodes: [],
    initializers: [],
    annotations: [],
    metadata: new Map(),
    name: (wanted) => unique(wanted, used),
    temporary: () => unique(`t${++temporaries}`, used),
    require: (node, what, since) => {
      if (opset >= since) return;
      throw writer.unsupported(node, `${what} needs opset ${since}, writing ${opset}`);
    },
    unsupported: (node, reason) =>
      new OnnxError(`${node.op} "${node.name}": ${reason}`, { node: node.name, op: node.op }),
    node: (opType, inputs, outputs, attributes = {}, name) => {
      for (const input of inputs) writer.keep(input);
      const attribute = Object.entries(attributes).flatMap(([key, value]) =>
        value === undefined ? [] : [attributeProto(key, value)],
      );
      const input = [...inputs];
      while (input.at(-1) === '') input.pop();
      writer.nodes.push({
        input,
        output: [...outputs],
        ...(name === undefined ? {} : { name: unique(name, nodeNames) }),
        opType,
        ...(attribute.length > 0 ? { attribute } : {}),
      });
    },
    emit: (node, opType, attributes) =>
      writer.node(opType, node.inputs, node.outputs, attributes, node.name),
    chain: (node, x, steps, output) => {
      let current = x;
      for (const [i, [opType, ...operands]] of steps.entries()) {
        const last = output !== undefined && i === steps.length - 1;
        const next = last ? output : writer.temporary();
        writer.node(opType, [current, ...operands], [next], {}, last ? node.name : undefined);
        current = next;
      }
      return current;
    },
    tensor: (wanted, value) => {
      const name = unique(wanted, used);
      writer.initializers.push(tensorProto(value, name));
      return name;
    },
    constant: (name, value) => {
      writer.initializers.push(tensorProto(value, name));
    },
    keep: (name) => {
      const constant = graph.constants.get(name);
      if (constant === undefined || written.has(name)) return;
      written.add(name);
      writer.constant(name, constant);
    },
    shared: (wanted, value) => {
      const key = `${value.dtype} [${value.shape}] ${value.data}`;
      const known = shared.get(key);
      if (known !== undefined) return known;
      const name = writer.tensor(wanted, value);
      shared.set(key, name);
      return name;
    },
    raw: (wanted, dataType, dims, bytes) => {
      const name = unique(wanted, used);
      writer.initializers.push({ dims: [...dims], dataType, name, rawData: bytes });
      return name;
    },
    floats: (wanted, values) => writer.tensor(wanted, tensor(values, [values.length])),
    int64s: (wanted, values) =>
      writer.shared(wanted, tensor(values.map(BigInt), [values.length], 'int64')),
    clip: (node, x, y, min, max) => {
      const dtype = types.get(x)?.dtype ?? types.get(y)?.dtype ?? 'float32';
      const bound = (value: number, which: string): string =>
        Number.isFinite(value) ? writer.tensor(`${node.name}/${which}`, scalar(value, dtype)) : '';
      writer.node('Clip', [x, bound(min, 'min'), bound(max, 'max')], [y], {}, node.name);
    },
    typeCode: (dtype) => typeCodes[dtype],
  };
  return writer;
}
