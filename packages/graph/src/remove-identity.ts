import { toNumbers } from '@subbyte/tensor';
import { replaceUses } from './edit.ts';
import type { Graph, Node, ValueType } from './types.ts';

type Types = ReadonlyMap<string, ValueType>;

/** Whether `name` is a constant full of `number` that does not add axes to `other`. */
function isFullOf(
  graph: Graph,
  name: string,
  number: number,
  other: string,
  types: Types,
): boolean {
  const value = graph.constants.get(name);
  const rank = types.get(other)?.shape?.length;
  if (value?.size !== 1 || rank === undefined || value.shape.length > rank) return false;
  return toNumbers(value)[0] === number;
}

/** The operand that the node gives unchanged, for every input. */
function sourceOf(graph: Graph, node: Node, types: Types): string | undefined {
  const [first = '', second = ''] = node.inputs;
  switch (node.op) {
    case 'mul':
    case 'add': {
      const neutral = node.op === 'mul' ? 1 : 0;
      if (isFullOf(graph, second, neutral, first, types)) return first;
      return isFullOf(graph, first, neutral, second, types) ? second : undefined;
    }
    case 'div':
      return isFullOf(graph, second, 1, first, types) ? first : undefined;
    case 'sub':
      return isFullOf(graph, second, 0, first, types) ? first : undefined;
    default:
      return isIdentity(node, types) ? first : undefined;
  }
}

function isIdentity(node: Node, types: Types): boolean {
  switch (node.op) {
    case 'identity':
      return true;
    case 'transpose':
      return node.attributes.permutation.every((axis, i) => axis === i);
    case 'pad':
      return [...node.attributes.before, ...node.attributes.after].every((n) => n === 0);
    case 'cast':
      return types.get(node.inputs[0] as string)?.dtype === node.attributes.dtype;
    case 'concat':
      return node.inputs.length === 1;
    case 'unsqueeze':
      return node.attributes.axes.length === 0;
    case 'tile':
      return node.attributes.repeats.every((n) => n === 1);
    default:
      return false;
  }
}

/**
 * Removes nodes that change nothing: identities, casts to the same type, products with 1 … One that
 * joins a graph input or constant to a graph output stays, since both keep their names.
 * @param types Types of the values (`inferTypes`); where they are needed and absent, nodes stay.
 */
export function removeIdentity(graph: Graph, types: Types = new Map()): Graph {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const given = new Set([...graph.constants.keys(), ...graph.inputs.map(({ name }) => name)]);
  const replacements = new Map<string, string>();
  const renamed = new Map<string, string>();
  const nodes = graph.nodes.filter((node) => {
    let source = sourceOf(graph, node, types);
    if (source === undefined) return true;
    const result = node.outputs[0] as string;
    for (let next = replacements.get(source); next !== undefined; next = replacements.get(source)) {
      source = next;
    }
    if (!outputs.has(result)) {
      replacements.set(result, source);
      return true;
    }
    if (given.has(source) || outputs.has(source) || renamed.has(source)) return true;
    // The producer takes over the output's name.
    renamed.set(source, result);
    return false;
  });
  const kept = nodes.filter((node) => !replacements.has(node.outputs[0] as string));
  if (kept.length === graph.nodes.length) return graph;
  const named = kept.map((node) => ({
    ...node,
    outputs: node.outputs.map((output) => renamed.get(output) ?? output),
  }));
  const all = new Map([...renamed, ...replacements]);
  return replaceUses({ ...graph, nodes: named }, all);
}
