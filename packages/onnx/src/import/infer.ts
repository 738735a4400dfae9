// Importers must know ranks, and sizes where they are fixed (auto_pad). One node at a time, so
// that a model of any size takes linear time; every open size is the same stand-in.

import {
  type Dimension,
  type Graph,
  inferTypes,
  type Node,
  type NodeOf,
  type OpName,
  type ValueType,
} from '@subbyte/graph';
import type { Tensor } from '@subbyte/tensor';

/** Name of every size that is known only at run time. */
export const openSize = '?';

/** What the importer knows of the values so far. */
export interface Known {
  readonly types: ReadonlyMap<string, ValueType>;
  readonly constants: ReadonlyMap<string, Tensor>;
}

type Shape = readonly Dimension[] | undefined;

const open = (rank: number | undefined): Shape =>
  rank === undefined ? undefined : new Array<Dimension>(rank).fill(openSize);

/** Length of a list of sizes or axes. */
const lengthOf = (shape: Shape): number | undefined =>
  shape?.length === 1 && typeof shape[0] === 'number' ? shape[0] : undefined;

const keep = (_: Node, [x]: readonly Shape[]): Shape => open(x?.length);
const byShapeOperand = (_: Node, shapes: readonly Shape[]): Shape => open(lengthOf(shapes[1]));

/** Broadcast of shapes with open sizes: a size above 1 decides, whatever the open ones are. */
function broadcast(_: Node, shapes: readonly Shape[]): Shape {
  const known = shapes.filter((shape) => shape !== undefined);
  if (known.length < shapes.length) return undefined;
  const rank = Math.max(...known.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis): Dimension => {
    const sizes = known.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const fixed = sizes.find((size) => typeof size === 'number' && size !== 1);
    return fixed ?? (sizes.includes(openSize) ? openSize : 1);
  });
}

const image = (): Shape => open(4);

/** Shapes of results whose sizes depend on elements or sizes that are not known. */
const ranks: {
  readonly [Op in OpName]?: (node: NodeOf<Op>, shapes: readonly Shape[]) => Shape;
} = {
  add: broadcast,
  sub: broadcast,
  mul: broadcast,
  div: broadcast,
  pow: broadcast,
  min: broadcast,
  max: broadcast,
  where: broadcast,
  conv2d: image,
  convTranspose2d: image,
  maxPool2d: image,
  averagePool2d: image,
  batchNorm: keep,
  concat: keep,
  matmul: (_, [a, b]) =>
    a && b && a.length > 1 && b.length > 1 ? open(Math.max(a.length, b.length)) : undefined,
  reshape: ({ attributes }) => open(attributes.shape.length),
  constantOfShape: (_, [shape]) => open(lengthOf(shape)),
  range: () => open(1),
  topK: keep,
  dynamicReshape: byShapeOperand,
  dynamicExpand: (_, [x, shape]) => {
    const rank = lengthOf(shape);
    return rank === undefined || !x ? undefined : open(Math.max(rank, x.length));
  },
  dynamicUnsqueeze: (_, [x, axes]) => {
    const added = lengthOf(axes);
    return x && added !== undefined ? open(x.length + added) : undefined;
  },
  dynamicSqueeze: (_, [x, axes]) => {
    const dropped = lengthOf(axes);
    return x && dropped !== undefined && dropped <= x.length ? open(x.length - dropped) : undefined;
  },
  dynamicSlice: keep,
  dynamicPad: keep,
  dynamicTile: keep,
  dynamicResize: keep,
  dynamicClip: keep,
  dynamicCumulativeSum: keep,
  dynamicReduce: (node, [x]) => (node.attributes.keepAxes ? open(x?.length) : undefined),
};

/** Option tensors this small are looked into; weights are not. */
const smallSize = 64;

const blur = (shape: Shape): Shape =>
  shape?.map((size) => (typeof size === 'number' ? size : openSize));

/**
 * Types of the node's results.
 * @throws GraphError when the operands do not suit the operation.
 */
export function inferNode(node: Node, { types, constants }: Known): readonly ValueType[] {
  const inputs: { name: string; dtype: ValueType['dtype']; shape: Shape }[] = [];
  const values = new Map<string, Tensor>();
  for (const name of new Set(node.inputs)) {
    if (name === '') continue;
    const value = constants.get(name);
    if (value && value.size <= smallSize) values.set(name, value);
    else {
      const type = types.get(name);
      if (type) inputs.push({ name, dtype: type.dtype, shape: type.shape });
    }
  }
  const graph: Graph = {
    name: '',
    inputs,
    outputs: [],
    nodes: [node],
    constants: values,
    metadata: {},
  };
  const inferred = inferTypes(graph);
  const rank = ranks[node.op] as ((node: Node, shapes: readonly Shape[]) => Shape) | undefined;
  return node.outputs.map((output) => {
    const { dtype, shape } = inferred.get(output) ?? { dtype: 'float32' as const };
    const shapes = node.inputs.map((name) => types.get(name)?.shape);
    return { dtype, shape: blur(shape) ?? rank?.(node, shapes) };
  });
}
