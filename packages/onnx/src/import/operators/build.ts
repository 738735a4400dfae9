// Small words that several importers are spelled with.

import type { OpAttributes, OpName } from '@subbyte/graph';
import { type DataType, scalar, tensor } from '@subbyte/tensor';
import type { Importer, OnnxNode } from '../node.ts';

/** Operations without attributes. */
export type PlainName = {
  [Op in OpName]: Record<never, never> extends OpAttributes[Op] ? Op : never;
}[OpName];

/** An operator that is one of our operations as it stands, with `count` operands. */
export function same(op: PlainName, count = 1): Importer {
  return (node) => {
    const inputs = Array.from({ length: count }, (_, i) => node.input(i));
    node.emit(op, inputs, {}, node.outputs);
  };
}

/** Emits an operation without attributes. */
export function apply(node: OnnxNode, op: PlainName, ...inputs: string[]): string {
  return node.emit(op, inputs, {});
}

/** Emits the operation that gives the node's results. */
export function finish(node: OnnxNode, op: PlainName, ...inputs: string[]): void {
  node.emit(op, inputs, {}, node.outputs);
}

/** A scalar constant of the data type that `like` has. */
export function scalarLike(node: OnnxNode, like: string, value: number): string {
  return scalarOf(node, node.type(like).dtype, value);
}

/** A scalar constant. */
export function scalarOf(node: OnnxNode, dtype: DataType, value: number): string {
  return node.define(scalar(value, dtype));
}

/** A list of int64, for operations that take sizes or axes as operands. */
export function list(node: OnnxNode, values: readonly number[]): string {
  const whole = values.every(Number.isInteger);
  if (!whole) throw node.error(`[${values}], expected whole numbers`);
  return node.define(tensor(values, [values.length], 'int64'));
}

/** The node's operands, without the optional ones left out at the end. */
export function operands(node: OnnxNode, count: number): string[] {
  const names = node.inputs.slice(0, count);
  while (names.at(-1) === '') names.pop();
  return names;
}

/** Refuses a node whose result `index` is wanted. */
export function refuseOutput(node: OnnxNode, index: number, what: string): void {
  if (node.outputs[index]) throw node.error(`${what} is not supported as a result`);
}
