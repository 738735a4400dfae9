import { tensor } from '@subbyte/tensor';
import type { Importer, Importers, OnnxNode } from '../node.ts';
import { apply, finish, list, refuseOutput, scalarLike } from './build.ts';

function BatchNormalization(node: OnnxNode): void {
  const { attributes } = node;
  if (attributes.flag('training_mode', false)) throw node.error('training_mode is not supported');
  if (!attributes.flag('spatial', true)) throw node.error('spatial 0 is not supported');
  for (let i = 1; i < node.outputs.length; i++) refuseOutput(node, i, 'the running statistics');
  const inputs = [0, 1, 2, 3, 4].map((i) => node.input(i));
  node.emit('batchNorm', inputs, { epsilon: attributes.float('epsilon', 1e-5) }, node.outputs);
}

function InstanceNormalization(node: OnnxNode): void {
  const inputs = [0, 1, 2].map((i) => node.input(i));
  const epsilon = node.attributes.float('epsilon', 1e-5);
  node.emit('instanceNorm', inputs, { epsilon }, node.outputs);
}

/** The axes from `first` on. */
function axesFrom(node: OnnxNode, x: string, first: number): number[] {
  const end = first < 0 ? 0 : node.rank(x);
  if (!Number.isInteger(first) || Math.abs(first) > 2 ** 10) throw node.error(`axis ${first}`);
  return Array.from({ length: Math.max(end - first, 0) }, (_, i) => first + i);
}

function LayerNormalization(node: OnnxNode): void {
  const x = node.input(0);
  const axis = node.attributes.int('axis', -1);
  const epsilon = node.attributes.float('epsilon', 1e-5);
  const inputs = [x, node.input(1)];
  if (node.has(2)) inputs.push(node.input(2));
  const [output, mean, inverse] = node.outputs;
  if (output) node.emit('layerNorm', inputs, { axis, epsilon }, [output]);
  if (!mean && !inverse) return;
  const options = { axes: axesFrom(node, x, axis), keepAxes: true };
  const average = node.emit('reduceMean', [x], options, mean ? [mean] : undefined);
  if (!inverse) return;
  const centred = apply(node, 'sub', x, average);
  const variance = node.emit('reduceMean', [apply(node, 'mul', centred, centred)], options);
  const shifted = apply(node, 'add', variance, scalarLike(node, x, epsilon));
  node.emit('reciprocal', [apply(node, 'sqrt', shifted)], {}, [inverse]);
}

/** Back to the shape of `x` as the node's result. */
function restore(node: OnnxNode, value: string, x: string): void {
  const shape = node.emit('shape', [x], { start: 0, end: undefined });
  node.emit('dynamicReshape', [value, shape], { allowZero: true }, node.outputs);
}

/** Each group of channels is a channel of an instance norm; scale and bias follow by themselves. */
function GroupNormalization(node: OnnxNode): void {
  const x = node.input(0);
  const groups = node.attributes.int('num_groups');
  if (!(groups > 0 && groups <= 2 ** 20)) throw node.error(`num_groups ${groups}`);
  const epsilon = node.attributes.float('epsilon', 1e-5);
  const { dtype } = node.type(x);
  const ones = node.define(tensor(new Array(groups).fill(1), [groups], dtype));
  const zeros = node.define(tensor(new Array(groups).fill(0), [groups], dtype));
  const grouped = node.emit('reshape', [x], { shape: [0, groups, -1], allowZero: false });
  const normal = node.emit('instanceNorm', [grouped, ones, zeros], { epsilon });
  // Scale and bias are per group before opset 21, per channel since.
  const channels = node.opset >= 21 ? node.shape(node.input(1))?.[0] : groups;
  if (typeof channels !== 'number') throw node.error('the size of scale is not known');
  const rows = node.emit('reshape', [normal], { shape: [0, channels, -1], allowZero: false });
  const [scale, bias] = [1, 2].map((i) => node.emit('unsqueeze', [node.input(i)], { axes: [1] }));
  const scaled = apply(node, 'mul', rows, scale as string);
  restore(node, apply(node, 'add', scaled, bias as string), x);
}

function RMSNormalization(node: OnnxNode): void {
  const x = node.input(0);
  const axes = axesFrom(node, x, node.attributes.int('axis', -1));
  const mean = node.emit('reduceMean', [apply(node, 'mul', x, x)], { axes, keepAxes: true });
  const epsilon = scalarLike(node, x, node.attributes.float('epsilon', 1e-5));
  const size = apply(node, 'sqrt', apply(node, 'add', mean, epsilon));
  finish(node, 'mul', apply(node, 'div', x, size), node.input(1));
}

function LpNormalization(node: OnnxNode): void {
  const x = node.input(0);
  const power = node.attributes.int('p', 2);
  if (power !== 1 && power !== 2) throw node.error(`p ${power}, expected 1 or 2`);
  const options = { axes: [node.attributes.int('axis', -1)], keepAxes: true };
  finish(node, 'div', x, node.emit(power === 1 ? 'reduceL1' : 'reduceL2', [x], options));
}

function MeanVarianceNormalization(node: OnnxNode): void {
  const x = node.input(0);
  const options = { axes: node.attributes.ints('axes') ?? [0, 2, 3], keepAxes: true };
  const centred = apply(node, 'sub', x, node.emit('reduceMean', [x], options));
  const variance = node.emit('reduceMean', [apply(node, 'mul', centred, centred)], options);
  const deviation = apply(node, 'sqrt', variance);
  finish(node, 'div', centred, apply(node, 'add', deviation, scalarLike(node, x, 1e-9)));
}

/** `x / (bias + alpha * mean of squares over neighbouring channels) ^ beta`. */
function LRN(node: OnnxNode): void {
  const { attributes } = node;
  const x = node.input(0);
  const size = attributes.int('size');
  if (!(size > 0 && size < 2 ** 31)) throw node.error(`size ${size}`);
  const number = (name: string, fallback: number): string =>
    scalarLike(node, x, attributes.float(name, fallback));
  const squares = apply(node, 'mul', x, x);
  // [N, C, ...] as an image [N, 1, C, rest], pooled along its height.
  const flat = node.emit('dynamicReshape', [squares, channelRows(node, x)], { allowZero: false });
  const before = Math.floor((size - 1) / 2);
  const mean = node.emit('averagePool2d', [flat], {
    kernel: [size, 1],
    strides: [1, 1],
    dilations: [1, 1],
    padding: [before, 0, size - 1 - before, 0],
    ceil: false,
    countPadding: true,
  });
  const sum = apply(
    node,
    'add',
    apply(node, 'mul', mean, number('alpha', 1e-4)),
    number('bias', 1),
  );
  const divisor = apply(node, 'pow', sum, number('beta', 0.75));
  const shape = node.emit('shape', [x], { start: 0, end: undefined });
  const shaped = node.emit('dynamicReshape', [divisor, shape], { allowZero: true });
  finish(node, 'div', x, shaped);
}

function channelRows(node: OnnxNode, x: string): string {
  const sizes = node.emit('shape', [x], { start: 0, end: 2 });
  const [batch, channels] = [0, 1].map((i) =>
    node.emit('gather', [sizes, list(node, [i])], { axis: 0 }),
  );
  const parts = [batch as string, list(node, [1]), channels as string, list(node, [-1])];
  return node.emit('concat', parts, { axis: 0 });
}

/** Before opset 13: over everything from `axis` on together. */
function softmax(op: 'softmax' | 'logSoftmax'): Importer {
  return (node) => {
    const x = node.input(0);
    const axis = node.attributes.int('axis', node.opset >= 13 ? -1 : 1);
    const rank = node.shape(x)?.length;
    if (node.opset >= 13 || axis === -1 || axis + 1 === rank) {
      node.emit(op, [x], { axis }, node.outputs);
      return;
    }
    const rows = node.emit('flatten', [x], { axis });
    restore(node, node.emit(op, [rows], { axis: 1 }), x);
  };
}

function Dropout(node: OnnxNode): void {
  const x = node.input(0);
  if (node.opset >= 12 && node.has(2)) {
    const training = node.constant(node.input(2))?.data[0];
    if (training !== 0) throw node.error('training_mode is not supported');
  }
  const [output, mask] = node.outputs;
  if (output) node.emit('identity', [x], {}, [output]);
  if (!mask) return;
  const shape = node.emit('shape', [x], { start: 0, end: undefined });
  const dtype = node.opset >= 10 ? 'bool' : node.type(x).dtype;
  node.emit('constantOfShape', [shape], { dtype, value: 1 }, [mask]);
}

/** Normalisations. */
export const normalization: Importers = {
  BatchNormalization,
  InstanceNormalization,
  LayerNormalization,
  GroupNormalization,
  RMSNormalization,
  LpNormalization,
  MeanVarianceNormalization,
  LRN,
  Softmax: softmax('softmax'),
  LogSoftmax: softmax('logSoftmax'),
  Dropout,
};
