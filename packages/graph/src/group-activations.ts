import type { Activation } from '@subbyte/kernels';
import { nameSource } from './edit.ts';
import { isLayer } from './layers.ts';
import { consumersOf, soleConsumer } from './links.ts';
import type { Graph, Node } from './types.ts';

/** Kinds of activation that a layer can carry. */
export type ActivationKind = Activation['kind'];

const allKinds: readonly ActivationKind[] = [
  'relu',
  'clip',
  'hardSwish',
  'hardSigmoid',
  'sigmoid',
  'silu',
  'leakyRelu',
];

/** The activation that a node computes, if it is one. */
function activationOf(node: Node): Activation | undefined {
  switch (node.op) {
    case 'relu':
    case 'hardSwish':
    case 'sigmoid':
      return { kind: node.op };
    case 'clip': {
      const { min, max } = node.attributes;
      if (min === 0 && max === Number.POSITIVE_INFINITY) return { kind: 'relu' };
      return { kind: 'clip', min, max };
    }
    case 'hardSigmoid':
    case 'leakyRelu':
      return { kind: node.op, ...node.attributes } as Activation;
    default:
      return undefined;
  }
}

/** `x * sigmoid(x)`: the multiplication and the sigmoid that read `value`, when nothing else does. */
function siluOf(
  graph: Graph,
  consumers: ReadonlyMap<string, readonly Node[]>,
  value: string,
): readonly [sigmoid: Node, product: Node] | undefined {
  const readers = consumers.get(value) ?? [];
  const sigmoid = readers.find(({ op }) => op === 'sigmoid');
  const product = readers.find(({ op }) => op === 'mul');
  if (readers.length !== 2 || !sigmoid || !product) return undefined;
  if (graph.outputs.some(({ name }) => name === value)) return undefined;
  const gate = sigmoid.outputs[0] as string;
  if (!product.inputs.includes(gate) || soleConsumer(graph, consumers, gate) !== product) {
    return undefined;
  }
  return [sigmoid, product];
}

/**
 * Moves activations into the `activation` attribute of the convolution or matrix product before
 * them, where nothing else reads the layer's result.
 * @param kinds Which activations; default: all.
 */
export function groupActivations(graph: Graph, kinds: readonly ActivationKind[] = allKinds): Graph {
  const consumers = consumersOf(graph);
  const gone = new Set<Node>();
  const grouped = graph.nodes.map((node) => {
    if (!isLayer(node) || node.attributes.activation) return node;
    const value = node.outputs[0] as string;
    const withActivation = (activation: Activation, last: Node): Node =>
      ({ ...node, outputs: last.outputs, attributes: { ...node.attributes, activation } }) as Node;
    const next = soleConsumer(graph, consumers, value);
    const activation = next && activationOf(next);
    if (activation && kinds.includes(activation.kind)) {
      gone.add(next);
      return withActivation(activation, next);
    }
    const silu = kinds.includes('silu') && siluOf(graph, consumers, value);
    if (!silu) return node;
    for (const part of silu) gone.add(part);
    return withActivation({ kind: 'silu' }, silu[1]);
  });
  if (gone.size === 0) return graph;
  return { ...graph, nodes: grouped.filter((_, i) => !gone.has(graph.nodes[i] as Node)) };
}

/** The nodes that compute `activation` of `input`. */
function spellOut(
  activation: Activation,
  name: string,
  input: string,
  output: string,
  fresh: (wanted: string) => string,
): Node[] {
  if (activation.kind === 'silu') {
    const gate = fresh(`${name}.sigmoid`);
    return [
      { op: 'sigmoid', name: gate, inputs: [input], outputs: [gate], attributes: {} },
      { op: 'mul', name: fresh(name), inputs: [input, gate], outputs: [output], attributes: {} },
    ];
  }
  const { kind, ...attributes } = activation;
  const node = { op: kind, name: fresh(name), inputs: [input], outputs: [output], attributes };
  return [node as Node];
}

/** Undoes `groupActivations`: each activation becomes nodes of its own behind its layer. */
export function ungroupActivations(
  graph: Graph,
  kinds: readonly ActivationKind[] = allKinds,
): Graph {
  const fresh = nameSource(graph);
  const nodes = graph.nodes.flatMap((node) => {
    if (!isLayer(node)) return node;
    const { activation, ...attributes } = node.attributes;
    if (!activation || !kinds.includes(activation.kind)) return node;
    const output = node.outputs[0] as string;
    const linear = fresh(`${output}.linear`);
    const layer = { ...node, outputs: [linear], attributes } as Node;
    return [
      layer,
      ...spellOut(activation, `${node.name}.${activation.kind}`, linear, output, fresh),
    ];
  });
  return { ...graph, nodes };
}
