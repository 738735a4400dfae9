import type { ReduceKernelName } from '@subbyte/graph';
import type { Importer, Importers, OnnxNode } from '../node.ts';
import { apply, finish, list, scalarOf } from './build.ts';

/** Emits a reduction whose axes are an attribute up to opset `last`, and an operand after it. */
function emitReduce(
  node: OnnxNode,
  kernel: ReduceKernelName,
  last: number,
  outputs?: readonly string[],
): string {
  const { attributes } = node;
  const x = node.input(0);
  const keepAxes = attributes.flag('keepdims', true);
  if (node.opset <= last) {
    const axes = attributes.ints('axes');
    if (axes && axes.length > 0) return node.emit(kernel, [x], { axes, keepAxes }, outputs);
    const options = { kernel, keepAxes, noopWithEmptyAxes: false };
    return node.emit('dynamicReduce', [x], options, outputs);
  }
  const noopWithEmptyAxes = attributes.flag('noop_with_empty_axes', false);
  const inputs = node.has(1) ? [x, node.input(1)] : [x];
  return node.emit('dynamicReduce', inputs, { kernel, keepAxes, noopWithEmptyAxes }, outputs);
}

function reduce(kernel: ReduceKernelName, last = 17): Importer {
  return (node) => {
    emitReduce(node, kernel, last, node.outputs);
  };
}

function ReduceLogSum(node: OnnxNode): void {
  finish(node, 'log', emitReduce(node, 'reduceSum', 17));
}

function arg(op: 'argMax' | 'argMin'): Importer {
  return (node) => {
    const { attributes } = node;
    const options = {
      axis: attributes.int('axis', 0),
      keepAxes: attributes.flag('keepdims', true),
      selectLast: attributes.flag('select_last_index', false),
    };
    node.emit(op, [node.input(0)], options, node.outputs);
  };
}

function CumSum(node: OnnxNode): void {
  const x = node.input(0);
  const axis = node.input(1);
  const exclusive = node.attributes.flag('exclusive', false);
  const reverse = node.attributes.flag('reverse', false);
  if (!exclusive && !reverse) {
    node.emit('dynamicCumulativeSum', [x, axis], {}, node.outputs);
    return;
  }
  const sums = node.emit('dynamicCumulativeSum', [x, axis], {});
  const before = apply(node, 'sub', sums, x);
  if (!reverse) {
    finish(node, 'identity', before);
    return;
  }
  const axes = node.emit('dynamicReshape', [axis, list(node, [1])], { allowZero: false });
  const options = { kernel: 'reduceSum', keepAxes: true, noopWithEmptyAxes: false } as const;
  const total = node.emit('dynamicReduce', [x, axes], options);
  finish(node, 'sub', total, exclusive ? sums : before);
}

function TopK(node: OnnxNode): void {
  const { attributes } = node;
  const k = node.opset >= 10 ? node.input(1) : scalarOf(node, 'int64', attributes.int('k'));
  const options = {
    axis: attributes.int('axis', -1),
    largest: attributes.flag('largest', true),
    sorted: attributes.flag('sorted', true),
  };
  node.emit('topK', [node.input(0), k], options, [node.outputs[0] ?? '', node.outputs[1] ?? '']);
}

/** Operators that reduce axes, and those that look along one. */
export const reduction: Importers = {
  ReduceSum: reduce('reduceSum', 12),
  ReduceMean: reduce('reduceMean'),
  ReduceMax: reduce('reduceMax'),
  ReduceMin: reduce('reduceMin'),
  ReduceProd: reduce('reduceProd'),
  ReduceSumSquare: reduce('reduceSumSquare'),
  ReduceL1: reduce('reduceL1'),
  ReduceL2: reduce('reduceL2'),
  ReduceLogSumExp: reduce('reduceLogSumExp'),
  ReduceLogSum,
  ArgMax: arg('argMax'),
  ArgMin: arg('argMin'),
  CumSum,
  TopK,
};
