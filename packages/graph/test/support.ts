// Helpers for the tests of this package.
import { type Tensor, tensor } from '@subbyte/tensor';
import type { Graph, Node, NodeOf, OpName, ValueInfo } from '../src/index.ts';

/** A node whose name is its first output. */
export function node<Op extends OpName>(
  op: Op,
  inputs: readonly string[],
  outputs: string | readonly string[],
  attributes: NodeOf<Op>['attributes'],
): Node {
  const names = typeof outputs === 'string' ? [outputs] : outputs;
  return { op, name: names[0], inputs, outputs: names, attributes } as unknown as Node;
}

/** A float32 input or output. */
export function float(name: string, shape?: readonly (number | string)[]): ValueInfo {
  return { name, dtype: 'float32', shape };
}

/** A graph from its parts. */
export function graphOf(
  inputs: readonly ValueInfo[],
  nodes: readonly Node[],
  outputs: readonly (string | ValueInfo)[],
  constants: Readonly<Record<string, Tensor>> = {},
): Graph {
  return {
    name: 'test',
    inputs,
    outputs: outputs.map((o) => (typeof o === 'string' ? float(o) : o)),
    nodes,
    constants: new Map(Object.entries(constants)),
    metadata: {},
  };
}

/** An int64 vector. */
export const int64 = (...values: number[]): Tensor => tensor(values, [values.length], 'int64');
