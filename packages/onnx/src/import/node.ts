import type { Dimension, OpAttributes, OpName, ValueType } from '@subbyte/graph';
import type { OnnxDataType } from '@subbyte/onnx-proto';
import type { Tensor } from '@subbyte/tensor';
import type { OnnxError } from '../errors.ts';
import type { Attributes } from './attributes.ts';
import type { Constant } from './constant.ts';

/** One node of the ONNX file, and the means to spell it in the graph's operations. */
export interface OnnxNode {
  /** Operator: `Conv`. */
  readonly op: string;
  /** Version of the operator set that the file imports for the node's domain. */
  readonly opset: number;
  /** Names of the operands, `''` for those left out. */
  readonly inputs: readonly string[];
  /** Names of the results, `''` for those nobody wants. */
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  /** Name of a required operand. @throws OnnxError when it is left out. */
  input(index: number): string;
  /** Whether an optional operand is there. */
  has(index: number): boolean;
  /** What is known of a value. */
  type(value: string): ValueType;
  /** Its shape; `undefined` when not even the rank is known. */
  shape(value: string): readonly Dimension[] | undefined;
  /** Its rank. @throws OnnxError when it is not known. */
  rank(value: string): number;
  /** The elements of a constant; `undefined` for other values. */
  constant(value: string): Tensor | undefined;
  /** Element type of a constant in the file. */
  stored(value: string): OnnxDataType | undefined;
  /** Adds a constant under `name`, or a name of its own, and gives the name. */
  define(constant: Constant | Tensor, name?: string): string;
  /** Adds a node; without `outputs` it has one result with a fresh name. Gives the first name. */
  emit<Op extends OpName>(
    op: Op,
    inputs: readonly string[],
    attributes: OpAttributes[Op],
    outputs?: readonly string[],
  ): string;
  /** Reads a tensor attribute. */
  tensor(name: string): Constant | undefined;
  /** An error that names this node. */
  error(message: string): OnnxError;
}

/** Spells one ONNX node in the graph's operations. */
export type Importer = (node: OnnxNode) => void;

/** Importers by operator. */
export type Importers = { readonly [op: string]: Importer };
