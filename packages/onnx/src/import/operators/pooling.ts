import type { DataType } from '@subbyte/tensor';
import type { Importer, Importers, OnnxNode } from '../node.ts';
import { lift, lower, padSame, readWindow, spatialRank, toPair, type Window } from './window.ts';

function poolWindow(node: OnnxNode): Window {
  const sizes = node.attributes.ints('kernel_shape');
  if (!sizes) throw node.error('attribute "kernel_shape" is missing');
  const rank = spatialRank(node, sizes.length);
  return readWindow(node, rank, toPair(node, 'kernel_shape', sizes, rank, 1));
}

/** What never wins against a real element. */
function lowest(dtype: DataType): number {
  return dtype === 'uint8' ? 0 : dtype === 'int8' ? -128 : Number.NEGATIVE_INFINITY;
}

function MaxPool(node: OnnxNode): void {
  const window = poolWindow(node);
  const input = lift(node, node.input(0), window.rank);
  const wantsIndices = Boolean(node.outputs[1]);
  // Positions count in the input as it is, so that padding it first would shift them.
  const fill = wantsIndices ? undefined : lowest(node.type(input).dtype);
  const { x, padding } = padSame(node, input, window, fill);
  const { kernel, strides, dilations, rank } = window;
  const ceil = node.attributes.flag('ceil_mode', false);
  const options = { kernel, strides, dilations, padding, ceil };
  if (node.outputs[0]) {
    lower(node, rank, (outputs) => node.emit('maxPool2d', [x], options, outputs));
  }
  if (!wantsIndices) return;
  const columnMajor = node.attributes.flag('storage_order', false);
  lower(
    node,
    rank,
    (outputs) => node.emit('maxPool2dIndices', [x], { ...options, columnMajor }, outputs),
    node.outputs[1],
  );
}

function AveragePool(node: OnnxNode): void {
  const window = poolWindow(node);
  const { x, padding } = padSame(node, lift(node, node.input(0), window.rank), window, undefined);
  const { kernel, strides, dilations, rank } = window;
  const ceil = node.attributes.flag('ceil_mode', false);
  const countPadding = node.attributes.flag('count_include_pad', false);
  const options = { kernel, strides, dilations, padding, ceil, countPadding };
  lower(node, rank, (outputs) => node.emit('averagePool2d', [x], options, outputs));
}

/** Pools over everything behind the channels. */
function global(op: 'reduceMean' | 'reduceMax' | 'reduceL1' | 'reduceL2'): Importer {
  return (node) => {
    const x = node.input(0);
    const rank = node.rank(x);
    if (rank < 3) throw node.error(`rank ${rank}, expected at least 3`);
    const axes = Array.from({ length: rank - 2 }, (_, i) => i + 2);
    node.emit(op, [x], { axes, keepAxes: true }, node.outputs);
  };
}

function GlobalLpPool(node: OnnxNode): void {
  const power = node.attributes.int('p', 2);
  if (power !== 1 && power !== 2) throw node.error(`p ${power}, expected 1 or 2`);
  global(power === 1 ? 'reduceL1' : 'reduceL2')(node);
}

/** Pooling operators. */
export const pooling: Importers = {
  MaxPool,
  AveragePool,
  GlobalAveragePool: global('reduceMean'),
  GlobalMaxPool: global('reduceMax'),
  GlobalLpPool,
};
