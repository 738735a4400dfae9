// Operations whose options arrive as tensors (ONNX Slice, Pad, Resize …) become kernels with
// complete options once those tensors are known.

import type { OptionsOf } from '@subbyte/kernels';
import { type DataType, isFloat, normalizeAxis, type Tensor, toNumbers } from '@subbyte/tensor';
import { GraphError, nodeError } from './errors.ts';
import { normalizeAxes, toTheEnd } from './operations/resolve-options.ts';
import type { Operand } from './operations/rule.ts';
import { resizeOptions } from './resize-options.ts';
import type { Dimension, Node, NodeOf, OpName } from './types.ts';

/** Names of the operations that `specialize` turns into others. */
export type DynamicName = Extract<OpName, `dynamic${string}`>;

type Operands = readonly (Operand | undefined)[];

/** The static operation and its attributes; it reads operand 0 only. */
type Specialized = { [Op in OpName]: { op: Op; attributes: NodeOf<Op>['attributes'] } }[OpName];

type Specializer<Op extends DynamicName> = (
  node: NodeOf<Op>,
  operands: Operands,
) => Specialized | undefined;

/** Option tensor `index`: numbers, `undefined` when absent, throws `unknown` when not known yet. */
const unknown = Symbol('unknown');

function option(operands: Operands, index: number): number[] | undefined {
  const operand = operands[index];
  if (!operand) return undefined;
  if (!operand.value) throw unknown;
  return toNumbers(operand.value);
}

function required(operands: Operands, index: number): number[] {
  const values = option(operands, index);
  if (!values) throw new GraphError(`operand ${index} is missing`);
  return values;
}

function shapeOf(operands: Operands): readonly Dimension[] {
  const shape = operands[0]?.shape;
  if (!shape) throw unknown;
  return shape;
}

const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

/** First index and count of one sliced axis; `undefined` when it takes the size to tell. */
function sliceAxis(
  length: Dimension,
  start: number,
  end: number,
  step: number,
): [start: number, size: number] | undefined {
  if (typeof length === 'string') {
    if (start < 0 || end < 0 || step < 0) return undefined;
    return [start, clamp(Math.ceil((end - start) / step), 0, toTheEnd)];
  }
  const from = start < 0 ? start + length : start;
  const to = end < 0 ? end + length : end;
  const first = step > 0 ? clamp(from, 0, length) : clamp(from, 0, length - 1);
  const last = step > 0 ? clamp(to, 0, length) : clamp(to, -1, length - 1);
  return [first, Math.max(Math.ceil((last - first) / step), 0)];
}

function slice(operands: Operands): Specialized | undefined {
  const shape = shapeOf(operands);
  const starts = required(operands, 1);
  const ends = required(operands, 2);
  const axes = option(operands, 3)?.map((axis) => normalizeAxis(axis, shape.length));
  const steps = option(operands, 4) ?? starts.map(() => 1);
  const count = axes?.length ?? starts.length;
  if (
    starts.length !== count ||
    ends.length !== count ||
    steps.length !== count ||
    count > shape.length
  ) {
    throw new GraphError(
      `slice of rank ${shape.length}: ${starts.length} starts, ${ends.length} ends`,
    );
  }
  const options = {
    starts: shape.map(() => 0),
    sizes: shape.map((length) => (typeof length === 'string' ? toTheEnd : length)),
    steps: shape.map(() => 1),
  };
  for (let i = 0; i < count; i++) {
    const axis = axes?.[i] ?? i;
    const step = steps[i] as number;
    if (step === 0) throw new GraphError(`slice axis ${axis}: step 0`);
    const taken = sliceAxis(shape[axis] as Dimension, starts[i] as number, ends[i] as number, step);
    if (!taken) return undefined;
    [options.starts[axis], options.sizes[axis]] = taken;
    options.steps[axis] = step;
  }
  return { op: 'slice', attributes: options };
}

function pad(node: NodeOf<'dynamicPad'>, operands: Operands): Specialized {
  const pads = required(operands, 1);
  const value = option(operands, 2)?.[0] ?? 0;
  const given = option(operands, 3);
  const rank = given ? shapeOf(operands).length : pads.length / 2;
  const axes = given?.map((axis) => normalizeAxis(axis, rank));
  const count = axes?.length ?? rank;
  if (pads.length !== 2 * count) {
    throw new GraphError(`pad: ${pads.length} pads for ${count} axes, expected two for each`);
  }
  const before = new Array<number>(rank).fill(0);
  const after = new Array<number>(rank).fill(0);
  for (let i = 0; i < count; i++) {
    before[axes?.[i] ?? i] = pads[i] as number;
    after[axes?.[i] ?? i] = pads[count + i] as number;
  }
  return { op: 'pad', attributes: { mode: node.attributes.mode, before, after, value } };
}

/** Lowest and highest value of a data type, ONNX Clip's defaults. */
function limits(dtype: DataType): OptionsOf<'clip'> {
  if (isFloat(dtype)) return { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
  const bits = Number.parseInt(dtype.replace(/\D+/, ''), 10);
  if (dtype.startsWith('u')) return { min: 0, max: 2 ** bits - 1 };
  return { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 };
}

function reduce(node: NodeOf<'dynamicReduce'>, operands: Operands): Specialized {
  const { kernel, keepAxes, noopWithEmptyAxes } = node.attributes;
  const axes = option(operands, 1) ?? [];
  if (axes.length === 0 && noopWithEmptyAxes) {
    return { op: kernel, attributes: { axes, keepAxes } } as Specialized;
  }
  const rank = shapeOf(operands).length;
  const all = Array.from({ length: rank }, (_, axis) => axis);
  const reduced = axes.length === 0 ? all : normalizeAxes(axes, rank);
  return { op: kernel, attributes: { axes: reduced, keepAxes } } as Specialized;
}

const specializers: { readonly [Op in DynamicName]: Specializer<Op> } = {
  dynamicReshape: (node, operands) => ({
    op: 'reshape',
    attributes: { shape: required(operands, 1), allowZero: node.attributes.allowZero },
  }),
  dynamicSqueeze: (_, operands) => ({
    op: 'squeeze',
    attributes: { axes: option(operands, 1) },
  }),
  dynamicUnsqueeze: (_, operands) => ({
    op: 'unsqueeze',
    attributes: { axes: required(operands, 1) },
  }),
  dynamicSlice: (_, operands) => slice(operands),
  dynamicPad: pad,
  dynamicExpand: (_, operands) => ({
    op: 'expand',
    attributes: { shape: required(operands, 1) },
  }),
  dynamicTile: (_, operands) => ({
    op: 'tile',
    attributes: { repeats: required(operands, 1) },
  }),
  dynamicResize: (node, operands) => {
    const scales = option(operands, 1);
    const sizes = option(operands, 2);
    const shape = shapeOf(operands);
    if (shape.some((size) => typeof size === 'string')) return undefined;
    const attributes = resizeOptions(node.attributes, shape as number[], scales, sizes);
    return { op: 'resize', attributes };
  },
  dynamicClip: (_, operands) => {
    const lowest = limits(operands[0]?.dtype ?? 'float32');
    const min = option(operands, 1)?.[0] ?? lowest.min;
    const max = option(operands, 2)?.[0] ?? lowest.max;
    return { op: 'clip', attributes: { min, max } };
  },
  dynamicReduce: reduce,
  dynamicCumulativeSum: (_, operands) => {
    const axis = required(operands, 1)[0] ?? 0;
    return {
      op: 'cumulativeSum',
      attributes: { axis: axis < 0 ? normalizeAxis(axis, shapeOf(operands).length) : axis },
    };
  },
};

/** Whether `specialize` has a static form for this operation. */
export function isDynamic(node: Node): node is NodeOf<DynamicName> & Node {
  return Object.hasOwn(specializers, node.op);
}

/**
 * The static form of a `dynamic…` node, reading operand 0 only; `undefined` as long as a value or
 * size that it takes is not known. Other nodes come back as they are. Symbolic sizes do where the
 * static form does not depend on them: a slice from the front of an axis, for example, gets an
 * upper bound as its size (`toTheEnd` for the whole rest).
 * @throws GraphError for options that are illegal whatever the input.
 */
export function specialize(node: Node, operands: Operands): Node | undefined {
  if (!isDynamic(node)) return node;
  try {
    const specializer = specializers[node.op] as Specializer<DynamicName>;
    const result = specializer(node, operands);
    return result && ({ ...node, ...result, inputs: node.inputs.slice(0, 1) } as Node);
  } catch (error) {
    if (error === unknown) return undefined;
    throw nodeError(node, error);
  }
}

/** `specialize` with all operands at hand. */
export function specializeWith(node: Node, operands: readonly (Tensor | undefined)[]): Node {
  const known = operands.map((value) => value && { dtype: value.dtype, shape: value.shape, value });
  const result = specialize(node, known);
  if (!result) throw new GraphError(`${node.op} cannot be resolved`, node.name);
  return result;
}
