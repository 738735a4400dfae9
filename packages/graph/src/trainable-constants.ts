import { isFloatTensor } from '@subbyte/tensor';
import { isLayer } from './layers.ts';
import { producersOf } from './links.ts';
import type { Graph, Node, OpName } from './types.ts';

/** Operands that are learned, by place. Running statistics of batch norm are state, not learned. */
const learnedOperands: { readonly [Op in OpName]?: readonly number[] } = {
  conv2d: [1, 2],
  convTranspose2d: [1, 2],
  matmul: [0, 1, 2],
  batchNorm: [1, 2],
  instanceNorm: [1, 2],
  layerNorm: [1, 2],
  prelu: [1],
  gather: [0],
};

/** Operations that pass weights on, changed or not: what stands before them is learned all the same. */
const passing: ReadonlySet<OpName> = new Set<OpName>([
  'identity',
  'reshape',
  'flatten',
  'squeeze',
  'unsqueeze',
  'dynamicReshape',
  'dynamicSqueeze',
  'dynamicUnsqueeze',
  'transpose',
  'cast',
  'fakeQuantize',
]);

/**
 * Names of the constants that training changes, in the order of `graph.constants`: floats that are
 * weights and biases of convolutions and matrix products, scales and biases of normalisations,
 * slopes of prelu and tables that gather reads, directly or through views, transposes and
 * quantizers. A bias that is added behind a layer with weights of its own counts too. Constants of
 * shape arithmetic, of masks and of the preparation of inputs do not.
 */
export function trainableConstants(graph: Graph): string[] {
  const producers = producersOf(graph);
  /** The constant that a value is, or is made of by operations that pass weights on. */
  const sources = new Map<string, string>();
  for (const [name, value] of graph.constants) if (isFloatTensor(value)) sources.set(name, name);
  for (const { op, inputs, outputs } of graph.nodes) {
    const source = passing.has(op) ? sources.get(inputs[0] ?? '') : undefined;
    if (source !== undefined) sources.set(outputs[0] ?? '', source);
  }
  const found = new Set<string>();
  const isWeighted = (node: Node | undefined): boolean =>
    node !== undefined &&
    isLayer(node) &&
    node.inputs.slice(0, 2).some((value) => sources.has(value));
  for (const node of graph.nodes) {
    const [a = '', b = ''] = node.inputs;
    const places =
      node.op === 'add' && [a, b].some((value) => isWeighted(producers.get(value)))
        ? [0, 1]
        : (learnedOperands[node.op] ?? []);
    for (const place of places) {
      const source = sources.get(node.inputs[place] ?? '');
      if (source !== undefined) found.add(source);
    }
  }
  return [...graph.constants.keys()].filter((name) => found.has(name));
}
