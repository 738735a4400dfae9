import { GraphError, type Node, type ValueType } from '@subbyte/graph';
import type { NodeProto, OnnxDataType } from '@subbyte/onnx-proto';
import type { Tensor } from '@subbyte/tensor';
import { OnnxError } from '../errors.ts';
import { attributesOf } from './attributes.ts';
import { type Constant, constantOf } from './constant.ts';
import type { ExternalData } from './external-data.ts';
import { inferNode } from './infer.ts';
import type { Importer, Importers, OnnxNode } from './node.ts';
import { microsoft, oldest, standard } from './operators/index.ts';
import { unsupported } from './operators/unsupported.ts';

/** The graph so far. */
export interface Draft {
  readonly nodes: Node[];
  readonly constants: Map<string, Tensor>;
  /** Element types that the constants have in the file. */
  readonly stored: Map<string, OnnxDataType>;
  readonly types: Map<string, ValueType>;
  /** Version of each imported operator set. */
  readonly opsets: ReadonlyMap<string, number>;
  /** Operators that the file itself defines, as `domain:name`. */
  readonly functions: ReadonlySet<string>;
  readonly nodeName: (wanted: string) => string;
  readonly valueName: (wanted: string) => string;
  readonly externalData: ExternalData | undefined;
}

/** `ai.onnx` is another spelling of the standard domain. */
export const domainOf = (domain: string | undefined): string =>
  domain === 'ai.onnx' ? '' : (domain ?? '');

const domains: { readonly [domain: string]: Importers } = {
  '': standard,
  'com.microsoft': microsoft,
};

function importerOf(node: OnnxNode, domain: string, draft: Draft): Importer {
  const { op, opset, error } = node;
  if (draft.functions.has(`${domain}:${op}`))
    throw error('functions inside models are not supported');
  const since = domain === '' && Object.hasOwn(oldest, op) ? (oldest[op] ?? 1) : 1;
  if (opset < since) throw error(`opset ${opset}, expected at least ${since} for this operator`);
  const importers = Object.hasOwn(domains, domain) ? domains[domain] : undefined;
  const importer = importers && Object.hasOwn(importers, op) ? importers[op] : undefined;
  if (importer) return importer;
  const reason = domain === '' && Object.hasOwn(unsupported, op) ? unsupported[op] : undefined;
  const where = domain === '' ? '' : ` of domain "${domain}"`;
  throw error(reason ?? `operator${where} is not known`);
}

/** Adds `constant` to the draft under `name`. */
export function defineConstant(draft: Draft, name: string, { value, stored }: Constant): void {
  draft.constants.set(name, value);
  draft.stored.set(name, stored);
  draft.types.set(name, { dtype: value.dtype, shape: value.shape });
}

const storedTypes: { readonly [dtype: string]: OnnxDataType } = {
  float32: 'float',
  float64: 'double',
};

function adopt(value: Tensor): Constant {
  return { value, stored: storedTypes[value.dtype] ?? (value.dtype as OnnxDataType) };
}

function makeNode(draft: Draft, proto: NodeProto, name: string): OnnxNode {
  const op = proto.opType ?? '';
  const error = (message: string, cause?: unknown): OnnxError =>
    new OnnxError(`${op} "${name}": ${message}`, { node: name, op, cause });
  const attributes = attributesOf(proto.attribute ?? [], error);
  const inputs = proto.input ?? [];
  const outputs = proto.output ?? [];
  let hasOwnName = false;

  const node: OnnxNode = {
    op,
    opset: draft.opsets.get(domainOf(proto.domain)) ?? 1,
    inputs,
    outputs,
    attributes,
    input: (index) => {
      const value = inputs[index];
      if (!value) throw error(`operand ${index} is missing`);
      return value;
    },
    has: (index) => Boolean(inputs[index]),
    type: (value) => {
      const type = draft.types.get(value);
      if (!type) throw error(`"${value}" is produced nowhere`);
      return type;
    },
    shape: (value) => node.type(value).shape,
    rank: (value) => {
      const rank = node.shape(value)?.length;
      if (rank === undefined) throw error(`the rank of "${value}" is not known`);
      return rank;
    },
    constant: (value) => draft.constants.get(value),
    stored: (value) => draft.stored.get(value),
    define: (constant, wanted) => {
      const value = wanted ?? draft.valueName(`${name}/constant`);
      defineConstant(draft, value, 'storage' in constant ? adopt(constant) : constant);
      return value;
    },
    emit: (operation, operands, options, results) => {
      const own = results !== undefined && !hasOwnName;
      if (own) hasOwnName = true;
      const emitted = {
        op: operation,
        name: own ? name : draft.nodeName(`${name}/${operation}`),
        inputs: operands,
        outputs: results ?? [draft.valueName(`${name}/${operation}`)],
        attributes: options,
      } as unknown as Node;
      for (const operand of operands) if (operand !== '') node.type(operand);
      for (const [i, type] of inferNode(emitted, draft).entries()) {
        if (emitted.outputs[i]) draft.types.set(emitted.outputs[i] as string, type);
      }
      draft.nodes.push(emitted);
      return emitted.outputs[0] as string;
    },
    tensor: (attribute) => {
      const value = attributes.tensor(attribute);
      return value && constantOf(value, draft.externalData);
    },
    error,
  };
  return node;
}

/**
 * Adds the graph nodes that `proto` stands for. Its operands must be in the draft already.
 * @throws OnnxError naming the node, for whatever is wrong with it.
 */
export function importNode(draft: Draft, proto: NodeProto, name: string): void {
  const node = makeNode(draft, proto, name);
  const importer = importerOf(node, domainOf(proto.domain), draft);
  try {
    for (const input of node.inputs) if (input !== '') node.type(input);
    importer(node);
  } catch (cause) {
    if (cause instanceof OnnxError && cause.node !== undefined) throw cause;
    // The graph names the operation it was spelled with; what went wrong is a level deeper.
    const reason = cause instanceof GraphError && cause.cause ? cause.cause : cause;
    const message = reason instanceof Error ? reason.message : String(reason);
    throw new OnnxError(`${node.op} "${name}": ${message}`, { node: name, op: node.op, cause });
  }
  for (const output of node.outputs) {
    if (output !== '' && !draft.types.has(output)) throw node.error(`has no result "${output}"`);
  }
}
