import {
  checkGraph,
  type Dimension,
  type Graph,
  GraphError,
  type Node,
  sortNodes,
  type ValueInfo,
} from '@subbyte/graph';
import {
  decodeModel,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TypeProto,
  type ValueInfoProto,
} from '@subbyte/onnx-proto';
import { maxElements, type Tensor } from '@subbyte/tensor';
import { OnnxError } from '../errors.ts';
import { constantOf } from './constant.ts';
import { dataTypeOf } from './data-type.ts';
import type { ExternalData } from './external-data.ts';
import { type Draft, defineConstant, domainOf, importNode } from './import-node.ts';
import { openSize } from './infer.ts';
import { uniqueNames } from './names.ts';

/** Options of `fromOnnx`. */
export interface FromOnnxOptions {
  /**
   * Gives the bytes of a file beside the model. `location` is checked before: relative, without
   * `..`, never outside the model's folder.
   */
  readonly externalData?: ExternalData | undefined;
}

/** Versions of the standard operators that the importers know. */
export const supportedOpsets = { first: 1, last: 26 } as const;

function opsetsOf(model: ModelProto): Map<string, number> {
  const { first, last } = supportedOpsets;
  const opsets = new Map<string, number>();
  for (const { domain, version } of model.opsetImport ?? []) {
    opsets.set(domainOf(domain), version ?? 0);
  }
  const version = opsets.get('');
  if (version === undefined) throw new OnnxError('the model imports no operator set');
  if (version < first || version > last) {
    throw new OnnxError(`operator set ${version}, expected ${first} to ${last}`);
  }
  return opsets;
}

function dimensions(name: string, type: TypeProto): Dimension[] | undefined {
  const sizes = type.tensorType?.shape?.dim?.map(({ dimValue, dimParam }, axis): Dimension => {
    if (dimValue === undefined) return dimParam || `${name}.${axis}`;
    if (dimValue < 0) throw new OnnxError(`"${name}": axis ${axis} has size ${dimValue}`);
    return dimValue;
  });
  if (!sizes) return type.tensorType?.shape ? [] : undefined;
  const fixed = sizes.reduce<number>((a, b) => (typeof b === 'number' ? a * b : a), 1);
  if (fixed > maxElements) {
    throw new OnnxError(`"${name}" has shape [${sizes}], at most ${maxElements} elements fit`);
  }
  return sizes;
}

function inputOf({ name = '', type = {} }: ValueInfoProto): ValueInfo {
  const code = type.tensorType?.elemType ?? 0;
  const dtype = dataTypeOf(code);
  if (!type.tensorType || !dtype) {
    throw new OnnxError(`input "${name}": expected a tensor of numbers, got element type ${code}`);
  }
  return { name, dtype, shape: dimensions(name, type) };
}

/** Sizes as the file names them where it fits what the importer found. */
function outputOf({ name = '', type = {} }: ValueInfoProto, draft: Draft): ValueInfo {
  const known = draft.types.get(name);
  if (!known) throw new OnnxError(`output "${name}" is produced nowhere`);
  const declared = dimensions(name, type);
  const fits = declared && (!known.shape || known.shape.length === declared.length);
  const shape = fits
    ? declared.map((size, axis) => {
        const found = known.shape?.[axis];
        return typeof found === 'number' ? found : size;
      })
    : known.shape?.map((size, axis) => (size === openSize ? `${name}.${axis}` : size));
  return { name, dtype: known.dtype, shape };
}

/** Checks that values have one producer, and puts the nodes in an order in which they can run. */
function sortProtos(graph: GraphProto): readonly NodeProto[] {
  const names = uniqueNames(new Set());
  const protos = new Map<string, NodeProto>();
  const producers = new Map<string, string>();
  for (const { name = '' } of graph.input ?? []) producers.set(name, 'the inputs');
  for (const { name = '' } of graph.initializer ?? []) producers.set(name, 'the initializers');
  const nodes = (graph.node ?? []).map((proto): Node => {
    const { input: inputs = [], output: outputs = [], opType = '' } = proto;
    const name = names(proto.name || opType);
    for (const output of outputs) {
      const other = producers.get(output);
      if (output !== '' && other !== undefined) {
        throw new OnnxError(`${opType} "${name}": "${output}" comes from ${other} too`, {
          node: name,
          op: opType,
        });
      }
      producers.set(output, `"${name}"`);
    }
    protos.set(name, { ...proto, name });
    return { op: 'identity', name, inputs, outputs, attributes: {} };
  });
  try {
    return sortNodes(nodes).map(({ name }) => protos.get(name) as NodeProto);
  } catch (cause) {
    if (!(cause instanceof GraphError)) throw cause;
    const op = protos.get(cause.node ?? '')?.opType;
    throw new OnnxError(`${op ?? 'node'}: ${cause.message}`, { node: cause.node, op, cause });
  }
}

function startDraft(
  model: ModelProto,
  graph: GraphProto,
  nodes: readonly NodeProto[],
  { externalData }: FromOnnxOptions,
): Draft {
  const values = new Set<string>(graph.initializer?.map(({ name = '' }) => name));
  for (const { name = '' } of graph.input ?? []) values.add(name);
  for (const { output = [] } of nodes) for (const name of output) values.add(name);
  return {
    nodes: [],
    constants: new Map(),
    stored: new Map(),
    types: new Map(),
    opsets: opsetsOf(model),
    functions: new Set(
      model.functions?.map(({ domain, name }) => `${domainOf(domain)}:${name ?? ''}`),
    ),
    nodeName: uniqueNames(new Set(nodes.map(({ name = '' }) => name))),
    valueName: uniqueNames(values),
    externalData,
  };
}

/** Constants that something reads. */
function usedConstants(draft: Draft, outputs: readonly ValueInfo[]): Map<string, Tensor> {
  const used = new Set(outputs.map(({ name }) => name));
  for (const { inputs } of draft.nodes) for (const name of inputs) used.add(name);
  return new Map([...draft.constants].filter(([name]) => used.has(name)));
}

/**
 * Reads an ONNX model as a graph. Operators become the graph's operations, several where there is
 * no single one; opset differences are gone afterwards. Weights share memory with `bytes` where
 * alignment allows, so leave those as they are. float16 and bfloat16 become float32.
 * @throws OnnxError for models that are malformed or use what is not supported, naming the node.
 * @throws OnnxProtoError for bytes that are no ONNX file.
 * @throws GraphError for graphs that are not well formed.
 */
export function fromOnnx(bytes: Uint8Array, options: FromOnnxOptions = {}): Graph {
  const model = decodeModel(bytes);
  const proto = model.graph;
  if (!proto) throw new OnnxError('the file has no graph');
  if (proto.sparseInitializer?.length) throw new OnnxError('sparse weights are not supported');
  const nodes = sortProtos(proto);
  const draft = startDraft(model, proto, nodes, options);
  for (const initializer of proto.initializer ?? []) {
    const name = initializer.name ?? '';
    if (draft.constants.has(name)) throw new OnnxError(`two initializers are named "${name}"`);
    defineConstant(draft, name, constantOf(initializer, options.externalData));
  }
  // Old files list the weights among the inputs as well.
  const inputs = (proto.input ?? [])
    .filter(({ name = '' }) => !draft.constants.has(name))
    .map(inputOf);
  for (const { name, dtype, shape } of inputs) draft.types.set(name, { dtype, shape });
  for (const node of nodes) importNode(draft, node, node.name ?? '');
  const outputs = (proto.output ?? []).map((output) => outputOf(output, draft));
  const graph: Graph = {
    name: proto.name ?? '',
    inputs,
    outputs,
    nodes: draft.nodes,
    constants: usedConstants(draft, outputs),
    metadata: Object.fromEntries(
      (model.metadataProps ?? []).map(({ key = '', value = '' }) => [key, value]),
    ),
  };
  checkGraph(graph);
  return graph;
}
