import { reference } from '@subbyte/kernels';
import { type Shape, sameShape, type Tensor, tensor, zeros } from '@subbyte/tensor';
import type { Fact } from './analyze.ts';
import { computeOnHeap } from './compute.ts';
import type { Node, OpName } from './types.ts';

/** Which elements depend on open sizes: none, all, or those that are true. */
export type Varying = undefined | 'all' | Tensor<'bool'>;

/** Operations that only move elements of operand 0. */
const movements: ReadonlySet<OpName> = new Set<OpName>([
  'identity',
  'reshape',
  'flatten',
  'squeeze',
  'unsqueeze',
  'split',
  'transpose',
  'pad',
  'slice',
  'gather',
  'expand',
  'tile',
  'dynamicReshape',
  'dynamicSqueeze',
  'dynamicUnsqueeze',
  'dynamicSlice',
  'dynamicPad',
  'dynamicExpand',
  'dynamicTile',
]);

/** Operations where each element of the result depends on one element of each operand. */
const elementwise: ReadonlySet<OpName> = new Set<OpName>([
  'cast',
  'abs',
  'neg',
  'floor',
  'ceil',
  'round',
  'sqrt',
  'not',
  'clip',
  'add',
  'sub',
  'mul',
  'div',
  'pow',
  'mod',
  'min',
  'max',
  'equal',
  'less',
  'lessOrEqual',
  'greater',
  'greaterOrEqual',
  'and',
  'or',
  'where',
]);

function sizesThatVary(shapes: readonly (Shape | undefined)[]): Tensor<'bool'> | 'all' {
  const known = shapes.filter((shape) => shape !== undefined);
  const first = known[0];
  if (!first || (known.length === 1 && shapes.length > 1)) return 'all';
  if (known.some((shape) => shape.length !== first.length)) return 'all';
  const mask = first.map((size, axis) => known.some((shape) => shape[axis] !== size));
  return tensor(mask.map(Number), [first.length], 'bool');
}

function simplest(mask: Tensor<'bool'>): Varying {
  return mask.data.some((flag) => flag !== 0) ? mask : undefined;
}

/** What of each result varies, given what of the operands does. */
export function varyingElements(
  node: Node,
  operands: readonly (Fact | undefined)[],
  results: readonly (readonly Tensor[] | undefined)[],
): readonly Varying[] {
  const first = results[0] ?? [];
  const all = first.map((): Varying => 'all');
  if (node.op === 'shape' || node.op === 'size') {
    const mask = sizesThatVary(operands[0]?.shapes ?? []);
    if (mask === 'all') return all;
    if (node.op === 'size') return [simplest(mask) && 'all'];
    const { start, end } = node.attributes;
    const flags = mask.data.slice(start, end);
    return [simplest(tensor(flags, [flags.length], 'bool'))];
  }
  if (operands.every((fact) => !fact?.varying)) return first.map(() => undefined);
  const sameShapes = results.every(
    (result) => !result || result.every((t, i) => sameShape(t.shape, first[i]?.shape ?? [])),
  );
  if (!sameShapes || operands.some((fact) => fact?.varying === 'all')) return all;

  const masks = operands.map((fact) =>
    fact?.varying === undefined || fact.varying === 'all'
      ? zeros(fact?.shapes[0] ?? [], 'bool')
      : fact.varying,
  );
  if (node.op === 'concat') {
    return computeOnHeap(node, masks).map((mask) => simplest(mask as Tensor<'bool'>));
  }
  if (movements.has(node.op) && operands.slice(1).every((fact) => !fact?.varying)) {
    const options = operands.slice(1).map((fact) => fact?.values?.[0]);
    const moved = computeOnHeap(node, [masks[0], ...options]);
    return moved.map((mask) => simplest(mask as Tensor<'bool'>));
  }
  if (elementwise.has(node.op)) {
    const target = zeros(first[0]?.shape ?? [], 'bool');
    const merged = masks.reduce((a, b) => reference.or([a, b], {}) as Tensor<'bool'>, target);
    return [simplest(merged)];
  }
  return all;
}
