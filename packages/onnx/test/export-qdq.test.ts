import { createExecutor, foldConstants, type Graph, type NodeOf } from '@subbyte/graph';
import {
  decodeModel,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from '@subbyte/onnx-proto';
import { perGroup, type UniformQuantizer, uniform } from '@subbyte/quantizers';
import { random, randomNormal, type Tensor, tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { fromOnnx, OnnxError, toOnnx, toOnnxModel } from '../src/index.ts';
import { optimizedOps, runOnnx } from './export-engines.ts';
import { activationQuantizer, GraphBuilder } from './export-graphs.ts';

const image = ['N', 4, 8, 8] as const;

const ops = (model: ModelProto): string[] =>
  (model.graph?.node ?? []).map(({ opType = '' }) => opType);

function initializer(model: ModelProto, name: string | undefined): TensorProto {
  const found = model.graph?.initializer?.find((value) => value.name === name);
  if (!found) throw new Error(`no initializer ${name}`);
  return found;
}

function producer(model: ModelProto, value: string | undefined): NodeProto {
  const found = model.graph?.node?.find(({ output }) => output?.includes(value ?? ''));
  if (!found) throw new Error(`nothing gives ${value}`);
  return found;
}

const find = (model: ModelProto, opType: string): NodeProto =>
  model.graph?.node?.find((node) => node.opType === opType) as NodeProto;

/** A convolution between quantizers. */
function convGraph(build: (g: GraphBuilder) => void = () => undefined): Graph {
  const g = new GraphBuilder();
  build(g);
  const x = g.quantize('x');
  return g.graph(image, g.quantize(g.conv(x, 4, 6, { activation: 'relu' }), 0, 8));
}

test('weights are int8 per channel and biases int32 in steps of input times weight scale', () => {
  const model = toOnnxModel(convGraph(), { form: 'qdq' });
  const [, weight, bias] = find(model, 'Conv').input ?? [];
  const [codes, scale] = producer(model, weight).input ?? [];
  expect(initializer(model, codes)).toMatchObject({ dataType: 3, dims: [6, 4, 3, 3] });
  expect(initializer(model, scale).dims).toEqual([6]);
  const biasNode = producer(model, bias);
  expect(biasNode.opType).toBe('DequantizeLinear');
  expect(biasNode.input).toHaveLength(2);
  const [biasCodes, biasScale] = biasNode.input ?? [];
  expect(initializer(model, biasCodes)).toMatchObject({ dataType: 6, dims: [6] });
  const floats = (name: string | undefined): Float32Array =>
    new Float32Array(initializer(model, name).rawData?.slice().buffer as ArrayBuffer);
  const input = Math.fround(8 / 255);
  expect(floats(biasScale)).toEqual(floats(scale).map((step) => Math.fround(input * step)));
});

test('a relu or clip that the quantizer repeats is dropped, another one stays', () => {
  const withClip = (low: number, high: number): string[] => {
    const g = new GraphBuilder();
    const conv = g.conv(g.quantize('x'), 4, 6);
    const clipped = g.node('clip', [conv], { min: 0, max: 6 });
    return ops(toOnnxModel(g.graph(image, g.quantize(clipped, low, high)), { form: 'qdq' }));
  };
  expect(ops(toOnnxModel(convGraph(), { form: 'qdq' }))).not.toContain('Relu');
  expect(withClip(0, 6)).not.toContain('Clip');
  expect(withClip(0, 5)).not.toContain('Clip');
  expect(withClip(0, 7)).toContain('Clip');
  expect(withClip(-1, 5)).toContain('Clip');
});

test('a relu that somebody else reads too stays', () => {
  const g = new GraphBuilder();
  const relu = g.node('relu', [g.conv(g.quantize('x'), 4, 4)], {});
  const sum = g.node('add', [g.quantize(relu, 0, 4), relu], {});
  expect(ops(toOnnxModel(g.graph(image, sum), { form: 'qdq' }))).toContain('Relu');
});

test('4-bit weights are INT4, two to a byte, and compute as their values', async () => {
  const graph = convGraph((g) => {
    g.weightBits = 4;
  });
  const model = toOnnxModel(graph, { form: 'qdq' });
  const [, weight] = find(model, 'Conv').input ?? [];
  const [codes] = producer(model, weight).input ?? [];
  expect(initializer(model, codes)).toMatchObject({ dataType: 22, dims: [6, 4, 3, 3] });
  expect(initializer(model, codes).rawData).toHaveLength((6 * 4 * 3 * 3) / 2);
  expect(model).toMatchObject({ irVersion: 10, opsetImport: [{ domain: '', version: 21 }] });
  const x = randomNormal([2, 4, 8, 8], random(5));
  const [name = ''] = graph.outputs.map((output) => output.name);
  const expected = createExecutor(graph).run({ x })[name]?.data as Float32Array;
  for (const engine of ['node', 'web'] as const) {
    const actual = (await runOnnx(engine, toOnnx(graph, { form: 'qdq' }), { x }))[name]?.data;
    expect(expected.every((v, i) => Math.abs(v - (actual?.[i] ?? 9)) < 8.1 / 255)).toBe(true);
  }
});

/** x [N, 24] times a weight [24, 10] that only itself is quantized. */
function weightOnly(quantizer: (weight: Tensor) => UniformQuantizer): Graph {
  const g = new GraphBuilder();
  const name = g.normal([24, 10]);
  const weight = g.constants.get(name) as Tensor;
  const quantized = g.node('fakeQuantize', [name], { quantizer: quantizer(weight) });
  const inputs = ['x', quantized, g.normal([10], 1, 'bias')];
  return g.graph(['N', 24], g.node('matmul', inputs, { transposeA: false, transposeB: false }));
}

for (const bits of [2, 3, 4, 8] as const) {
  test(`weight-only matrices of ${bits} bits are [N, K], so that nothing rounds activations`, async () => {
    for (const granularity of [
      { kind: 'perChannel', axis: 1 } as const,
      perGroup(0, 8),
      perGroup(0, 7),
    ]) {
      const graph = weightOnly((w) => uniform({ bits, granularity, symmetric: false }).fit(w));
      const model = toOnnx(graph, { form: 'qdq' });
      expect(await optimizedOps(model)).not.toHaveProperty('MatMulNBits');
      const x = randomNormal([3, 24], random(5));
      const [name = ''] = graph.outputs.map((output) => output.name);
      const expected = createExecutor(graph).run({ x })[name]?.data as Float32Array;
      for (const engine of ['node', 'web'] as const) {
        const actual = (await runOnnx(engine, model, { x }))[name]?.data;
        expect(expected.every((v, i) => Math.abs(v - (actual?.[i] ?? 99)) < 1e-4)).toBe(true);
      }
    }
  });
}

test('a float convolution between quantized values keeps its float weights', async () => {
  const build = (form: 'qdq' | 'packed'): { graph: Graph; model: Uint8Array } => {
    const g = new GraphBuilder();
    g.weightBits = undefined;
    const x = g.quantize('x');
    const a = g.quantize(g.conv(x, 4, 6, { activation: 'relu' }), 0, 8);
    const graph = g.graph(image, g.quantize(g.conv(a, 6, 4, { bias: false })));
    return { graph, model: toOnnx(graph, { form }) };
  };
  for (const form of ['qdq', 'packed'] as const) {
    const { graph, model } = build(form);
    expect(await optimizedOps(model)).not.toHaveProperty('QLinearConv');
    const x = randomNormal([2, 4, 8, 8], random(5));
    const [name = ''] = graph.outputs.map((output) => output.name);
    const expected = createExecutor(graph).run({ x })[name]?.data as Float32Array;
    const actual = (await runOnnx('node', model, { x }))[name]?.data;
    const off = expected.filter((v, i) => Math.abs(v - (actual?.[i] ?? 99)) > 1e-5).length;
    // Sums in another order may round the other way at a step, once in a while.
    expect(off).toBeLessThan(expected.length / 100);
  }
});

test('depthwise convolutions compute in float on request, with the same values', async () => {
  const g = new GraphBuilder();
  const x = g.quantize('x');
  const deep = g.quantize(g.conv(x, 4, 4, { groups: 4, activation: 'relu' }), 0, 8);
  const graph = g.graph(image, g.quantize(g.conv(deep, 4, 4, { kernel: 1 })));
  const integer = await optimizedOps(toOnnx(graph, { form: 'qdq' }));
  const mixed = await optimizedOps(toOnnx(graph, { form: 'qdq', depthwise: 'float' }));
  expect(integer).toMatchObject({ QLinearConv: 2 });
  expect(mixed).toMatchObject({ QLinearConv: 1, Conv: 1 });
});

test('a bias too large for int32 steps stays float', () => {
  const g = new GraphBuilder();
  const quantizer = { ...activationQuantizer(-1, 1), scale: [1e-30], zeroPoint: [0] };
  const x = g.node('fakeQuantize', ['x'], { quantizer });
  const model = toOnnxModel(g.graph(image, g.quantize(g.conv(x, 4, 6))), { form: 'qdq' });
  const [, , bias] = find(model, 'Conv').input ?? [];
  expect(initializer(model, bias)).toMatchObject({ dataType: 1 });
});

test('what cannot be written is refused with a typed error', () => {
  const grouped = convGraph();
  const nodes = grouped.nodes.map((node) =>
    node.op === 'fakeQuantize' && node.inputs[0] === 'x'
      ? ({
          ...node,
          attributes: {
            quantizer: { ...node.attributes.quantizer, granularity: perGroup(1, 2) },
          },
        } as NodeOf<'fakeQuantize'>)
      : node,
  );
  expect(() => toOnnx({ ...grouped, nodes }, { form: 'qdq' })).toThrow(OnnxError);
  expect(() => toOnnx(convGraph(), { form: 'qdq', opset: 16 })).toThrow(/expected 17 to 23/);
  expect(() => toOnnx(convGraph(), { form: 'packed', opset: 17 })).toThrow(/needs 18/);
  const vector: Graph = {
    name: 'vector',
    inputs: [{ name: 'x', dtype: 'float32', shape: [6] }],
    outputs: [{ name: 'y', dtype: 'float32' }],
    nodes: [
      {
        op: 'fakeQuantize',
        name: 'q',
        inputs: ['w'],
        outputs: ['wq'],
        attributes: {
          quantizer: uniform({ bits: 4, granularity: perGroup(0, 3) }).fit(
            tensor([1, 2, 3, 4, 5, 6]),
          ),
        },
      },
      { op: 'mul', name: 'm', inputs: ['x', 'wq'], outputs: ['y'], attributes: {} },
    ],
    constants: new Map([['w', tensor([1, 2, 3, 4, 5, 6])]]),
    metadata: {},
  };
  expect(() => toOnnx(vector, { form: 'qdq' })).toThrow(/rank 1/);
});

test('the same graph gives the same bytes, with its metadata and grids noted', () => {
  for (const form of ['float', 'qdq', 'packed'] as const) {
    const bytes = toOnnx(convGraph(), { form });
    expect(toOnnx(convGraph(), { form })).toEqual(bytes);
    const model = decodeModel(bytes);
    expect(model.metadataProps).toContainEqual({ key: 'recipe', value: 'test' });
    expect(model.metadataProps).toContainEqual({ key: 'subbyte.form', value: form });
    expect(model.producerName).toBe('subbyte');
    if (form === 'float') continue;
    const notes = model.graph?.quantizationAnnotation ?? [];
    expect(notes).toHaveLength(3);
    for (const { quantParameterTensorNames = [] } of notes) {
      expect(quantParameterTensorNames.map(({ key }) => key)).toEqual([
        'SCALE_TENSOR',
        'ZERO_POINT_TENSOR',
        'BITS',
      ]);
    }
  }
});

for (const form of ['float', 'qdq', 'packed'] as const) {
  for (const bits of [8, 4, 3] as const) {
    test(`a ${form} model of ${bits}-bit weights reads back as a graph that computes the same`, () => {
      const g = new GraphBuilder();
      g.weightBits = bits;
      const x = g.quantize('x');
      const a = g.quantize(g.conv(x, 4, 6, { activation: 'relu' }), 0, 8);
      const b = g.quantize(g.conv(a, 6, 4, { kernel: 1 }));
      const sum = g.quantize(g.node('add', [b, x], {}), -6, 6);
      const mean = g.quantize(g.node('reduceMean', [sum], { axes: [2, 3], keepAxes: false }));
      const inputs = [mean, g.weight([4, 3], 1), g.normal([3], 0.1, 'bias')];
      const y = g.node('matmul', inputs, { transposeA: false, transposeB: false });
      const graph = g.graph(image, y);
      const again = foldConstants(fromOnnx(toOnnx(graph, { form })));
      expect(again.metadata).toMatchObject({ recipe: 'test' });
      const input = randomNormal([3, 4, 8, 8], random(9));
      const expected = createExecutor(graph).run({ x: input })[y]?.data as Float32Array;
      const actual = createExecutor(again).run({ x: input })[y]?.data as Float32Array;
      // A step of the mean's grid through three weights; biases are rounded to integer steps.
      const tolerance = form === 'float' ? 1e-6 : (8 / 255) * 0.6 + 1e-3;
      for (const [i, value] of expected.entries()) {
        expect(Math.abs(value - (actual[i] ?? 99))).toBeLessThan(tolerance);
      }
      const second = toOnnx(fromOnnx(toOnnx(graph, { form: 'float' })), { form: 'float' });
      expect(fromOnnx(second).nodes.length).toBe(
        fromOnnx(toOnnx(graph, { form: 'float' })).nodes.length,
      );
    });
  }
}
