import type { Padding2d, Pair } from '@subbyte/kernels';
import type { Importers, OnnxNode } from '../node.ts';
import {
  extent,
  lift,
  lower,
  padSame,
  readWindow,
  type SpatialRank,
  spatialRank,
  splitPadding,
  toPair,
  type Window,
} from './window.ts';

/** The window of a convolution with this weight. */
export function convWindow(node: OnnxNode, weight: string): Window {
  const shape = node.shape(weight);
  const given = node.attributes.ints('kernel_shape');
  const sizes = shape?.slice(2) ?? given;
  if (!sizes || sizes.some((size) => typeof size !== 'number')) {
    throw node.error('the size of the weight is not known');
  }
  const rank = spatialRank(node, sizes.length);
  if (given && (given.length !== rank || given.some((size, i) => size !== sizes[i]))) {
    throw node.error(`kernel_shape [${given}], the weight has [${sizes}]`);
  }
  return readWindow(node, rank, toPair(node, 'kernel_shape', sizes as number[], rank, 1));
}

/** Emits a `conv2d`; gives what makes its node. */
export function emitConv(
  node: OnnxNode,
  window: Window,
  operands: readonly [x: string, weight: string, ...bias: string[]],
): (outputs?: readonly string[]) => string {
  const [input, weight, ...bias] = operands;
  const { x, padding } = padSame(node, lift(node, input, window.rank), window, 0);
  const { strides, dilations } = window;
  const groups = node.attributes.int('group', 1);
  const options = { strides, dilations, padding, groups };
  const kernel = lift(node, weight, window.rank);
  return (outputs) => node.emit('conv2d', [x, kernel, ...bias], options, outputs);
}

function Conv(node: OnnxNode): void {
  const weight = node.input(1);
  const window = convWindow(node, weight);
  const bias = node.has(2) ? [node.input(2)] : [];
  lower(node, window.rank, emitConv(node, window, [node.input(0), weight, ...bias]));
}

/** Padding and output padding that give `output_shape`, or `auto_pad`'s multiple of the input. */
function transposedPadding(
  node: OnnxNode,
  window: Window,
  outputPadding: Pair,
): { readonly padding: Padding2d; readonly outputPadding: Pair } {
  const wanted = node.attributes.ints('output_shape');
  if (!wanted && !window.same) return { padding: window.padding, outputPadding };
  const sizes = node.shape(node.input(0))?.slice(2);
  if (window.rank === 1) sizes?.unshift(1);
  // Some exporters write batch and channels too.
  const output = wanted && toPair(node, 'output_shape', wanted.slice(-window.rank), window.rank, 1);
  const needed = ([0, 1] as const).map((axis) => {
    const stride = window.strides[axis];
    const grown = extent(window, axis) + outputPadding[axis] - stride;
    if (!output) return grown;
    const size = sizes?.[axis];
    if (typeof size !== 'number') throw node.error('output_shape needs a fixed input size');
    return grown + stride * size - output[axis];
  }) as [number, number];
  const total: Pair = [Math.max(needed[0], 0), Math.max(needed[1], 0)];
  return {
    padding: splitPadding(total, window.same === 'upper' ? 'upper' : 'lower'),
    // An output larger than the input reaches gets empty rows and columns.
    outputPadding: [
      outputPadding[0] + Math.max(-needed[0], 0),
      outputPadding[1] + Math.max(-needed[1], 0),
    ],
  };
}

function outputPaddingOf(node: OnnxNode, rank: SpatialRank): Pair {
  const given = node.attributes.ints('output_padding');
  return given ? toPair(node, 'output_padding', given, rank, 0) : [0, 0];
}

function ConvTranspose(node: OnnxNode): void {
  const window = convWindow(node, node.input(1));
  const { rank, strides, dilations } = window;
  const sizes = transposedPadding(node, window, outputPaddingOf(node, rank));
  const operands = [lift(node, node.input(0), rank), lift(node, node.input(1), rank)];
  if (node.has(2)) operands.push(node.input(2));
  const options = { strides, dilations, ...sizes, groups: node.attributes.int('group', 1) };
  lower(node, rank, (outputs) => node.emit('convTranspose2d', operands, options, outputs));
}

/** Convolutions in float. */
export const convolution: Importers = { Conv, ConvTranspose };
