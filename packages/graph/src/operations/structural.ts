import { kernels } from '@subbyte/kernels';
import { fakeQuantize } from '@subbyte/quantizers';
import {
  isBigInt,
  newArray,
  normalizeAxis,
  reshape,
  type Shape,
  sizeOf,
  type Tensor,
  tensor,
  toNumbers,
} from '@subbyte/tensor';
import { GraphError } from '../errors.ts';
import { lowerQuantizer } from '../fake-quantize.ts';
import type { NodeOf, OpName, StructuralAttributes } from '../types.ts';
import type { OperationRule, SizedOperand } from './rule.ts';
import { topK } from './top-k.ts';

/** Structural operations whose options are complete without looking at operands. */
export type StaticName = Exclude<keyof StructuralAttributes, `dynamic${string}`>;

type Operands = readonly (SizedOperand | undefined)[];

const shapeOf = (operands: Operands, index = 0): Shape => {
  const shape = operands[index]?.shape;
  if (!shape) throw new GraphError(`operand ${index} is missing`);
  return shape;
};

/** Rule of an operation that only looks at its operand under another shape. */
function view<Op extends OpName>(
  shape: (node: NodeOf<Op>, input: Shape) => number[],
): OperationRule<Op> {
  return {
    operands: [1, 1],
    view: true,
    dtypes: (_, dtypes) => [dtypes[0] ?? 'float32'],
    shapes: (node, operands) => [shape(node, shapeOf(operands))],
    run: (node, [x]) => [reshape(x as Tensor, shape(node, (x as Tensor).shape))],
  };
}

function reshaped({ attributes }: NodeOf<'reshape'>, input: Shape): number[] {
  const size = input.reduce((a, b) => a * b, 1);
  const shape = attributes.shape.map((wanted, axis) =>
    wanted === 0 && !attributes.allowZero ? (input[axis] ?? 0) : wanted,
  );
  const open = shape.indexOf(-1);
  const known = shape.reduce((a, b, axis) => (axis === open ? a : a * b), 1);
  if (open >= 0) shape[open] = known === 0 ? 0 : size / known;
  if (shape.some((d) => !Number.isInteger(d) || d < 0) || known * (shape[open] ?? 1) !== size) {
    throw new GraphError(`cannot reshape [${input}] to [${attributes.shape}]`);
  }
  return shape;
}

function squeezed({ attributes }: NodeOf<'squeeze'>, input: Shape): number[] {
  const axes = attributes.axes?.map((axis) => normalizeAxis(axis, input.length));
  for (const axis of axes ?? []) {
    if (input[axis] !== 1)
      throw new GraphError(`squeeze axis ${axis} of [${input}]: expected size 1`);
  }
  return input.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1));
}

function unsqueezed({ attributes }: NodeOf<'unsqueeze'>, input: Shape): number[] {
  const rank = input.length + attributes.axes.length;
  const axes = new Set(attributes.axes.map((axis) => normalizeAxis(axis, rank)));
  if (axes.size < attributes.axes.length) {
    throw new GraphError(`unsqueeze axes [${attributes.axes}]: expected each once`);
  }
  let next = 0;
  return Array.from({ length: rank }, (_, axis) =>
    axes.has(axis) ? 1 : (input[next++] as number),
  );
}

function flattened({ attributes }: NodeOf<'flatten'>, input: Shape): number[] {
  const rank = input.length;
  const axis = attributes.axis === rank ? rank : normalizeAxis(attributes.axis, rank);
  return [sizeOf(input.slice(0, axis)), sizeOf(input.slice(axis))];
}

function questioned({ attributes }: NodeOf<'shape'>, input: Shape): number[] {
  // Array.slice clamps and counts from the end exactly as ONNX Shape does.
  return input.slice(attributes.start, attributes.end);
}

function splitSizes({ attributes, outputs }: NodeOf<'split'>, input: Shape): readonly number[] {
  const length = input[normalizeAxis(attributes.axis, input.length)] as number;
  const part = Math.ceil(length / outputs.length);
  const sizes =
    attributes.sizes ?? outputs.map((_, i) => Math.max(Math.min(part, length - i * part), 0));
  const total = sizes.reduce((a, b) => a + b, 0);
  if (sizes.length !== outputs.length || total !== length || sizes.some((size) => size < 0)) {
    throw new GraphError(`split of ${length} into ${outputs.length} parts [${sizes}]`);
  }
  return sizes;
}

function rangeLength(operands: readonly (Tensor | undefined)[]): number | undefined {
  const [start, limit, step] = operands.map((operand) => operand && toNumbers(operand)[0]);
  if (start === undefined || limit === undefined || step === undefined) return undefined;
  if (step === 0) throw new GraphError('range with step 0');
  return Math.max(Math.ceil((limit - start) / step), 0);
}

function nonZeroPositions(x: Tensor): Tensor {
  const found: number[] = [];
  const data = x.data as ArrayLike<number | bigint>;
  for (let i = 0; i < x.size; i++) if (data[i] !== 0 && data[i] !== 0n) found.push(i);
  const result = new BigInt64Array(found.length * x.shape.length);
  for (const [column, position] of found.entries()) {
    let rest = position;
    for (let axis = x.shape.length - 1; axis >= 0; axis--) {
      const size = x.shape[axis] as number;
      result[axis * found.length + column] = BigInt(rest % size);
      rest = Math.floor(rest / size);
    }
  }
  return tensor(result, [x.shape.length, found.length], 'int64');
}

/** Rules of the structural operations with complete options. */
export const structuralRules: { readonly [Op in StaticName]: OperationRule<Op> } = {
  identity: view((_, input) => [...input]),
  reshape: view(reshaped),
  flatten: view(flattened),
  squeeze: view(squeezed),
  unsqueeze: view(unsqueezed),
  shape: {
    operands: [1, 1],
    dtypes: () => ['int64'],
    shapes: (node, operands) => [[questioned(node, shapeOf(operands)).length]],
    run: (node, [x]) => {
      const sizes = questioned(node, (x as Tensor).shape);
      return [tensor(sizes, [sizes.length], 'int64')];
    },
  },
  size: {
    operands: [1, 1],
    dtypes: () => ['int64'],
    shapes: () => [[]],
    run: (_, [x]) => [tensor([(x as Tensor).size], [], 'int64')],
  },
  constantOfShape: {
    operands: [1, 1],
    dtypes: (node) => [node.attributes.dtype],
    shapes: (_, [shape]) => shape?.value && [toNumbers(shape.value)],
    run: ({ attributes: { dtype, value } }, [shape]) => {
      const sizes = toNumbers(shape as Tensor);
      const data = newArray(dtype, sizeOf(sizes));
      if (isBigInt(dtype)) (data as BigInt64Array).fill(BigInt(value));
      else (data as Float32Array).fill(value);
      return [tensor(data, sizes, dtype)];
    },
  },
  range: {
    operands: [3, 3],
    dtypes: (_, dtypes) => [dtypes[0] ?? 'int64'],
    shapes: (_, operands) => {
      const length = rangeLength(operands.map((operand) => operand?.value));
      return length === undefined ? undefined : [[length]];
    },
    run: (_, operands) => {
      const [start, , step] = operands.map((operand) => toNumbers(operand as Tensor)[0] as number);
      const length = rangeLength(operands) as number;
      const dtype = (operands[0] as Tensor).dtype;
      const values = newArray(dtype, sizeOf([length]));
      const big = isBigInt(dtype);
      for (let i = 0; i < length; i++) {
        const value = (start as number) + i * (step as number);
        if (big) (values as BigInt64Array)[i] = BigInt(value);
        else (values as Float64Array)[i] = value;
      }
      return [tensor(values, [length], dtype)];
    },
  },
  split: {
    operands: [1, 1],
    dtypes: (node, dtypes) => node.outputs.map(() => dtypes[0] ?? 'float32'),
    shapes: (node, operands) => {
      const shape = shapeOf(operands);
      const axis = normalizeAxis(node.attributes.axis, shape.length);
      return splitSizes(node, shape).map((size) => shape.with(axis, size));
    },
    run: (node, [operand]) => {
      const x = operand as Tensor;
      const axis = normalizeAxis(node.attributes.axis, x.shape.length);
      let start = 0;
      return splitSizes(node, x.shape).map((size) => {
        const starts = x.shape.map((_, i) => (i === axis ? start : 0));
        start += size;
        const steps = x.shape.map(() => 1);
        return kernels.slice([x], { starts, sizes: x.shape.with(axis, size), steps });
      });
    },
  },
  nonZero: {
    operands: [1, 1],
    dtypes: () => ['int64'],
    shapes: (_, [x]) => x?.value && [nonZeroPositions(x.value).shape],
    run: (_, [x]) => [nonZeroPositions(x as Tensor)],
  },
  topK: {
    operands: [2, 2],
    dtypes: (_, dtypes) => [dtypes[0] ?? 'float32', 'int64'],
    shapes: ({ attributes }, [x, k]) => {
      if (!x || !k?.value) return undefined;
      const axis = normalizeAxis(attributes.axis, x.shape.length);
      const shape = x.shape.with(axis, toNumbers(k.value)[0] as number);
      return [shape, shape];
    },
    run: (node, [x, k]) => topK(x as Tensor, toNumbers(k as Tensor)[0] as number, node.attributes),
  },
  fakeQuantize: {
    operands: [1, 1],
    dtypes: () => ['float32'],
    shapes: (_, operands) => [shapeOf(operands)],
    run: ({ attributes }, [x]) => {
      const { quantizer } = attributes;
      if (quantizer.scheme !== 'uniform') return [fakeQuantize(x as Tensor, quantizer)];
      const { scale, zeroPoint, options } = lowerQuantizer(quantizer);
      return [kernels.fakeQuantizeUniform([x as Tensor, scale, zeroPoint], options)];
    },
  },
};
