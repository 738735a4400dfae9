import type { DataType, Shape, Tensor } from '@subbyte/tensor';
import type { Dimension, NodeOf, OpName } from '../types.ts';

/** What is known of an operand before a node runs. */
export interface Operand {
  readonly dtype: DataType;
  /** Absent when not even the rank is known. */
  readonly shape?: readonly Dimension[] | undefined;
  /** Absent when the elements are not known. */
  readonly value?: Tensor | undefined;
}

/** An operand whose sizes are all known numbers. */
export interface SizedOperand extends Operand {
  readonly shape: Shape;
}

/** How a structural operation behaves. Absent optional operands are `undefined`. */
export interface OperationRule<Op extends OpName> {
  /** Fewest and most operands. */
  readonly operands: readonly [least: number, most: number];
  /** Data types of the results; checks those of the operands. */
  dtypes(node: NodeOf<Op>, dtypes: readonly (DataType | undefined)[]): readonly DataType[];
  /** Shapes of the results; `undefined` when they depend on elements that are not known. */
  shapes(
    node: NodeOf<Op>,
    operands: readonly (SizedOperand | undefined)[],
  ): readonly Shape[] | undefined;
  /** Computes the results. A result may be a view of operand 0 when `view` is set. */
  run(node: NodeOf<Op>, operands: readonly (Tensor | undefined)[]): readonly Tensor[];
  /** Results share the storage of operand 0; otherwise they are fresh. */
  readonly view?: boolean;
}
