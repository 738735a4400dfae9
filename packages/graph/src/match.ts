// A tiny pattern matcher over the graph: a pattern is data that looks like the expression it finds.

import { isFloat, type Tensor, toNumbers } from '@subbyte/tensor';
import type { Graph, Node, NodeOf, OpName } from './types.ts';

/** What a value must look like. */
export type Pattern =
  /** Any value; the same name stands for the same value everywhere. */
  | { readonly kind: 'any'; readonly name: string }
  /** A constant of the graph. */
  | { readonly kind: 'constant'; readonly name: string }
  /** A constant with one element near `value` (relative 1e-4), or any one bound to `name`. */
  | { readonly kind: 'number'; readonly value?: number; readonly name?: string }
  | {
      readonly kind: 'node';
      readonly op: OpName;
      readonly operands: readonly Pattern[];
      readonly accepts: (node: Node) => boolean;
    }
  | { readonly kind: 'either'; readonly patterns: readonly Pattern[] };

/** What a match found. */
export interface Match {
  readonly values: Readonly<Record<string, string>>;
  readonly numbers: Readonly<Record<string, number>>;
  /** Matched nodes, the root first. */
  readonly nodes: readonly Node[];
}

/** Any value, called `name`. */
export const any = (name: string): Pattern => ({ kind: 'any', name });
/** A constant tensor, called `name`. */
export const constant = (name: string): Pattern => ({ kind: 'constant', name });
/** A number: a certain one, or any one called by a name. */
export const number = (what: number | string): Pattern =>
  typeof what === 'number' ? { kind: 'number', value: what } : { kind: 'number', name: what };
/** One of several. */
export const either = (...patterns: Pattern[]): Pattern => ({ kind: 'either', patterns });
/** A node with these operands, in either order where the operation commutes. */
export function op<Op extends OpName>(
  name: Op,
  operands: readonly Pattern[],
  accepts: (attributes: NodeOf<Op>['attributes']) => boolean = () => true,
): Pattern {
  const check = (node: Node): boolean => accepts(node.attributes as NodeOf<Op>['attributes']);
  return { kind: 'node', op: name, operands, accepts: check };
}

/** What the matcher looks at. */
export interface MatchContext {
  readonly constants: Graph['constants'];
  readonly producers: ReadonlyMap<string, Node>;
}

function numberOf(value: Tensor | undefined): number | undefined {
  return value?.size === 1 && isFloat(value.dtype) ? toNumbers(value)[0] : undefined;
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-4 * Math.abs(b);

const empty: Match = { values: {}, numbers: {}, nodes: [] };

/** Matches the value called `name` against `pattern`. */
export function match(
  pattern: Pattern,
  name: string,
  context: MatchContext,
  found: Match = empty,
): Match | undefined {
  switch (pattern.kind) {
    case 'any':
    case 'constant': {
      if (pattern.kind === 'constant' && !context.constants.has(name)) return undefined;
      const known = found.values[pattern.name];
      if (known !== undefined) return known === name ? found : undefined;
      return { ...found, values: { ...found.values, [pattern.name]: name } };
    }
    case 'number': {
      const value = numberOf(context.constants.get(name));
      if (value === undefined) return undefined;
      if (pattern.value !== undefined && !near(value, pattern.value)) return undefined;
      if (pattern.name === undefined) return found;
      return { ...found, numbers: { ...found.numbers, [pattern.name]: value } };
    }
    case 'either':
      for (const option of pattern.patterns) {
        const result = match(option, name, context, found);
        if (result) return result;
      }
      return undefined;
    case 'node': {
      const node = context.producers.get(name);
      if (node?.op !== pattern.op || node.inputs.length !== pattern.operands.length)
        return undefined;
      if (!pattern.accepts(node)) return undefined;
      const nodes = found.nodes.includes(node) ? found.nodes : [...found.nodes, node];
      const commutes = pattern.op === 'add' || pattern.op === 'mul';
      const orders = commutes ? [node.inputs, node.inputs.toReversed()] : [node.inputs];
      for (const inputs of orders) {
        let result: Match | undefined = { ...found, nodes };
        for (const [i, operand] of pattern.operands.entries()) {
          result = result && match(operand, inputs[i] as string, context, result);
        }
        if (result) return result;
      }
      return undefined;
    }
  }
}
