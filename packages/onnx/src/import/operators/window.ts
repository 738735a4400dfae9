// What convolutions and pools share: strides, dilations, padding, and one spatial axis instead of
// two (treated as an image of height 1).

import type { Padding2d, Pair } from '@subbyte/kernels';
import { type DataType, scalar } from '@subbyte/tensor';
import type { OnnxNode } from '../node.ts';
import { apply, list, scalarOf } from './build.ts';

/** Number of spatial axes that can be computed. */
export type SpatialRank = 1 | 2;

/** The attributes of a sliding window, always for two axes. */
export interface Window {
  readonly rank: SpatialRank;
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly padding: Padding2d;
  /** How the padding follows from the sizes; then `padding` is all 0. */
  readonly same: 'upper' | 'lower' | undefined;
}

/** Narrows a number of spatial axes. @throws OnnxError for more than two. */
export function spatialRank(node: OnnxNode, rank: number): SpatialRank {
  if (rank !== 1 && rank !== 2) {
    throw node.error(`${rank} spatial axes: only 1 and 2 are supported`);
  }
  return rank;
}

/** Two entries from one or two; `first` stands for the height of 1. */
function pair(node: OnnxNode, name: string, rank: number, first: number): Pair {
  const values = node.attributes.ints(name) ?? new Array<number>(rank).fill(first);
  return toPair(node, name, values, rank, first);
}

/** Checks `values` and fills in the height of a 1-D window. */
export function toPair(
  node: OnnxNode,
  name: string,
  values: readonly number[],
  rank: number,
  first: number,
): Pair {
  if (values.length !== rank || values.some((v) => !Number.isInteger(v) || v < 0 || v >= 2 ** 31)) {
    throw node.error(`${name} [${values}], expected ${rank} sizes`);
  }
  const [a, b] = values as [number, number];
  return rank === 1 ? [first, a] : [a, b];
}

function pads(node: OnnxNode, rank: SpatialRank): Padding2d {
  const values = node.attributes.ints('pads') ?? new Array<number>(2 * rank).fill(0);
  if (values.length !== 2 * rank) {
    throw node.error(`pads [${values}], expected ${2 * rank} numbers`);
  }
  const [a, b, c, d] = values as [number, number, number, number];
  return rank === 1 ? [0, a, 0, b] : [a, b, c, d];
}

/** Reads the window of a node whose kernel size is known. */
export function readWindow(node: OnnxNode, rank: SpatialRank, kernel: Pair): Window {
  const mode = node.attributes.choice(
    'auto_pad',
    { NOTSET: 'given', VALID: 'none', SAME_UPPER: 'upper', SAME_LOWER: 'lower' } as const,
    'NOTSET',
  );
  return {
    rank,
    kernel,
    strides: pair(node, 'strides', rank, 1),
    dilations: pair(node, 'dilations', rank, 1),
    padding: mode === 'given' ? pads(node, rank) : [0, 0, 0, 0],
    same: mode === 'upper' || mode === 'lower' ? mode : undefined,
  };
}

/** Rows or columns that the window covers. */
export const extent = (window: Window, axis: 0 | 1): number =>
  window.dilations[axis] * (window.kernel[axis] - 1) + 1;

/** Splits the padding of each axis between its two ends. */
export function splitPadding(total: Pair, side: 'upper' | 'lower'): Padding2d {
  const begin = total.map((t) => (side === 'upper' ? Math.floor(t / 2) : Math.ceil(t / 2))) as [
    number,
    number,
  ];
  return [begin[0], begin[1], total[0] - begin[0], total[1] - begin[1]];
}

/** `x` of the window with its padding, once `auto_pad` is resolved. */
export interface Padded {
  readonly x: string;
  readonly padding: Padding2d;
}

/**
 * Resolves `auto_pad` SAME for `x` `[N, C, H, W]`: the output has the input's size divided by the
 * stride, rounded up. Where the size is open and the stride above 1 the padding is computed at run
 * time and put on by a node of its own, filled with `fill`.
 */
export function padSame(
  node: OnnxNode,
  x: string,
  window: Window,
  fill: number | undefined,
): Padded {
  const { same: side, strides } = window;
  if (!side) return { x, padding: window.padding };
  const sizes = node.shape(x)?.slice(2);
  if (sizes && sizes.length !== 2) throw node.error(`x has ${sizes.length} spatial axes`);
  const total = ([0, 1] as const).map((axis) => {
    const covered = extent(window, axis);
    const size = sizes?.[axis];
    if (strides[axis] === 1) return covered - 1;
    if (typeof size !== 'number') return undefined;
    return Math.max(covered - 1 - ((size - 1) % strides[axis]), 0);
  });
  if (total.every((t) => t !== undefined)) {
    return { x, padding: splitPadding(total as [number, number], side) };
  }
  if (fill === undefined) throw node.error('auto_pad SAME with strides needs a fixed input size');
  return { x: padAtRunTime(node, x, window, side, fill), padding: [0, 0, 0, 0] };
}

function padAtRunTime(
  node: OnnxNode,
  x: string,
  window: Window,
  side: 'upper' | 'lower',
  fill: number,
): string {
  const dtype: DataType = node.type(x).dtype;
  const sizes = node.emit('shape', [x], { start: 2, end: 4 });
  const last = apply(node, 'sub', sizes, scalarOf(node, 'int64', 1));
  const rest = node.emit('mod', [last, list(node, window.strides)], { truncated: false });
  const covered = list(node, [extent(window, 0) - 1, extent(window, 1) - 1]);
  const needed = apply(node, 'sub', covered, rest);
  const total = apply(node, 'max', needed, scalarOf(node, 'int64', 0));
  const half = apply(node, 'div', total, scalarOf(node, 'int64', 2));
  const other = apply(node, 'sub', total, half);
  const none = list(node, [0, 0]);
  const ends = side === 'upper' ? [none, half, none, other] : [none, other, none, half];
  const pads = node.emit('concat', ends, { axis: 0 });
  return node.emit('dynamicPad', [x, pads, node.define(scalar(fill, dtype))], { mode: 'constant' });
}

/** Adds the height of 1 to a 1-D operand. */
export function lift(node: OnnxNode, value: string, rank: SpatialRank): string {
  return rank === 2 ? value : node.emit('unsqueeze', [value], { axes: [2] });
}

/** Emits a 2-D operation and drops the height of 1 again from its result. */
export function lower(
  node: OnnxNode,
  rank: SpatialRank,
  emit: (outputs?: readonly string[]) => string,
  output: string = node.outputs[0] ?? '',
): void {
  if (rank === 2) emit([output]);
  else node.emit('squeeze', [emit()], { axes: [2] }, [output]);
}
