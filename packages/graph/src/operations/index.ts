import type { DataType, Shape, Tensor } from '@subbyte/tensor';
import { type DynamicName, specialize, specializeWith } from '../specialize.ts';
import type { Node, NodeOf, OpName } from '../types.ts';
import { kernelRules } from './kernel-rule.ts';
import type { OperationRule, SizedOperand } from './rule.ts';
import { structuralRules } from './structural.ts';

type AnyRule = OperationRule<OpName>;
const ruleOf = (node: Node): AnyRule => operations[node.op] as unknown as AnyRule;

/** A dynamic operation behaves as what it becomes. */
function dynamic<Op extends DynamicName>(
  least: number,
  most: number,
  view = false,
): OperationRule<Op> {
  return {
    operands: [least, most],
    view,
    dtypes: (_, dtypes) => [dtypes[0] ?? 'float32'],
    shapes: (node, operands) => {
      const fixed = specialize(node as unknown as Node, operands);
      return fixed && ruleOf(fixed).shapes(fixed as NodeOf<OpName>, operands.slice(0, 1));
    },
    run: (node, operands) => {
      const fixed = specializeWith(node as unknown as Node, operands);
      return ruleOf(fixed).run(fixed as NodeOf<OpName>, operands.slice(0, 1));
    },
  };
}

/** How every operation checks, infers and computes: a missing one is a compile error. */
export const operations: { readonly [Op in OpName]: OperationRule<Op> } = {
  ...kernelRules,
  ...structuralRules,
  dynamicReshape: dynamic(2, 2, true),
  dynamicSqueeze: dynamic(1, 2, true),
  dynamicUnsqueeze: dynamic(2, 2, true),
  dynamicSlice: dynamic(3, 5),
  dynamicPad: dynamic(2, 4),
  dynamicExpand: dynamic(2, 2),
  dynamicTile: dynamic(2, 2),
  dynamicResize: dynamic(1, 3),
  dynamicClip: dynamic(1, 3),
  dynamicReduce: dynamic(1, 2),
  dynamicCumulativeSum: dynamic(2, 2),
};

/** Fewest and most operands of the node's operation. */
export function operandCount(node: Node): readonly [least: number, most: number] {
  return ruleOf(node).operands;
}

/** Whether the node's results share the storage of its operand 0. */
export function isView(node: Node): boolean {
  return ruleOf(node).view === true;
}

/** Data types of the node's results. @throws when the operands' types do not suit the operation. */
export function resultTypes(
  node: Node,
  dtypes: readonly (DataType | undefined)[],
): readonly DataType[] {
  return ruleOf(node).dtypes(node as NodeOf<OpName>, dtypes);
}

/** Shapes of the node's results, or `undefined` when they depend on elements not known. */
export function resultShapes(
  node: Node,
  operands: readonly (SizedOperand | undefined)[],
): readonly Shape[] | undefined {
  return ruleOf(node).shapes(node as NodeOf<OpName>, operands);
}

/** Computes the node. Results are fresh tensors, or views of operand 0 (`isView`). */
export function runNode(node: Node, operands: readonly (Tensor | undefined)[]): readonly Tensor[] {
  return ruleOf(node).run(node as NodeOf<OpName>, operands);
}
