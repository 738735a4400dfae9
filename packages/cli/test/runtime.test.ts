// Compiled models in WebAssembly against the executor that simulates them in float32.
import { readFileSync } from 'node:fs';
import {
  consumersOf,
  createExecutor,
  type Graph,
  inferTypes,
  type Node,
  producersOf,
} from '@subbyte/graph';
import { setBackend } from '@subbyte/kernels';
import { type WasmOptions, wasm } from '@subbyte/kernels-wasm';
import { fromOnnx, toOnnx } from '@subbyte/onnx';
import { quantize } from '@subbyte/quantize';
import { compile } from '@subbyte/runtime';
import { random, randomNormal, type Tensor, toHeap, toNumbers } from '@subbyte/tensor';
import { afterAll, expect, test } from 'vitest';
import { isThere, shared } from './helpers/shared.ts';

const path = shared('models/resnet20-cifar10.onnx');
const here = isThere('models/resnet20-cifar10.onnx');
afterAll(() => setBackend(undefined));

const calibration = randomNormal([8, 3, 32, 32], random(1));
const input = randomNormal([4, 3, 32, 32], random(2));

async function quantized(bits: 4 | 8): Promise<Graph> {
  setBackend(await wasm());
  const options = {
    weights: { bits },
    activations: { bits: 8 },
    calibration: [calibration],
  } as const;
  return (await quantize(fromOnnx(readFileSync(path)), options)).graph;
}

/** The graph from the grids before each activation quantizer to that quantizer. */
function layersOf(graph: Graph): Graph[] {
  const [producers, consumers] = [producersOf(graph), consumersOf(graph)];
  const types = inferTypes(graph);
  const isGrid = (value: string): boolean => {
    const producer = producers.get(value);
    return producer?.op === 'fakeQuantize' && !graph.constants.has(producer.inputs[0] as string);
  };
  /** Grids that an addition takes a convolution's result from stay within its layer. */
  const isInner = (value: string): boolean => {
    const readers = consumers.get(value) ?? [];
    const source = producers.get(producers.get(value)?.inputs[0] ?? '');
    return readers.length === 1 && readers[0]?.op === 'add' && source?.op === 'conv2d';
  };
  const layers: Graph[] = [];
  for (const last of graph.nodes) {
    const output = last.outputs[0] as string;
    if (!isGrid(output) || isInner(output)) continue;
    const nodes = new Set<Node>();
    const inputs = new Set<string>();
    const visit = (value: string): void => {
      const producer = producers.get(value);
      if (!producer) return;
      if (value !== output && isGrid(value) && !isInner(value)) {
        inputs.add(value);
        return;
      }
      nodes.add(producer);
      for (const operand of producer.inputs) visit(operand);
    };
    visit(output);
    if (inputs.size === 0) continue;
    const again = [...inputs].map(
      (value): Node => ({
        ...(producers.get(value) as Node & { op: 'fakeQuantize' }),
        inputs: [`${value} given`],
      }),
    );
    layers.push({
      ...graph,
      name: output,
      inputs: [...inputs].map((value) => ({
        ...{ name: `${value} given`, dtype: 'float32' },
        shape: types.get(value)?.shape,
      })),
      outputs: [{ name: output, dtype: 'float32' }],
      nodes: [...again, ...graph.nodes.filter((node) => nodes.has(node))],
    });
  }
  return layers;
}

test.skipIf(!here).each([4, 8] as const)(
  'every layer of ResNet-20 W%iA8 gives the codes of the executor (needs ../shared)',
  async (bits) => {
    const graph = await quantized(bits);
    const values = new Map<string, Tensor>();
    createExecutor(graph).run(
      { input },
      { onValue: (name, value) => values.set(name, toHeap(value)) },
    );
    const layers = layersOf(graph);
    expect(layers.length).toBeGreaterThan(20);
    let [elements, different, integers] = [0, 0, 0];
    for (const layer of layers) {
      const session = await compile(layer, { clock: () => 0 });
      const given = layer.inputs.map(({ name }) => [name, values.get(name.slice(0, -6)) as Tensor]);
      const result = (await session.run(Object.fromEntries(given)))[layer.name] as Tensor;
      integers += session.profile().filter(({ kernel }) => kernel === 'integerConv2d').length;
      await session.release();
      const producer = producersOf(layer).get(layer.name) as Node & { op: 'fakeQuantize' };
      const step = producer.attributes.quantizer.scale[0] as number;
      const before = values.get(producer.inputs[0] as string)?.data as Float32Array;
      const expected = toNumbers(values.get(layer.name) as Tensor);
      const actual = toNumbers(result);
      elements += actual.length;
      const hasInner = layer.nodes.some(({ op }) => op === 'add');
      for (const [i, value] of actual.entries()) {
        const wanted = expected[i] as number;
        if (value === wanted) continue;
        different++;
        if (hasInner) continue;
        // The executor's float32 sum lies in the middle between the two codes, as well as it can tell.
        const position = (before[i] as number) / step;
        expect(Math.abs(position - Math.floor(position) - 0.5)).toBeLessThan(1e-3);
        expect(Math.abs(value - wanted)).toBeLessThan(step * 1.001);
      }
    }
    expect(integers).toBe(19);
    expect(different / elements).toBeLessThan(2e-4);
  },
);

test.skipIf(!here).each([4, 8] as const)(
  'ResNet-20 W%iA8, packed and QDQ too, agrees with the executor; settings change no bit (needs ../shared)',
  async (bits) => {
    const graph = await quantized(bits);
    const expected = toNumbers(createExecutor(graph).run({ input }).logits as Tensor);
    const power = expected.reduce((sum, value) => sum + value * value, 0);
    const results: number[][] = [];
    for (const form of ['graph', 'packed', 'qdq'] as const) {
      const model = form === 'graph' ? graph : fromOnnx(toOnnx(graph, { form }));
      const settings: readonly WasmOptions[] =
        form === 'graph' ? [{}, { relaxedDot: false }, { threads: 2 }] : [{}];
      for (const options of settings) {
        const backend = await wasm(options);
        setBackend(backend);
        const session = await compile(model, { clock: () => 0 });
        const first = toNumbers((await session.run({ input })).logits as Tensor);
        const live = backend.liveBytes();
        for (let i = 0; i < 3; i++) {
          expect(toNumbers((await session.run({ input })).logits as Tensor)).toEqual(first);
        }
        expect(backend.liveBytes()).toBe(live);
        const kernels = session.profile().map(({ kernel }) => kernel);
        expect(kernels.filter((kernel) => kernel === 'integerConv2d')).toHaveLength(19);
        const product = kernels.find((kernel) => /^(integer|packed)Matmul$/.test(kernel));
        expect(product).toBeDefined();
        expect(kernels).not.toContain('conv2d');
        results.push(first);
        await session.release();
        backend.close();
      }
    }
    for (const result of results) expect(result).toEqual(results[0]);
    const noise = (results[0] as number[]).reduce(
      (sum, value, i) => sum + (value - (expected[i] as number)) ** 2,
      0,
    );
    expect(10 * Math.log10(power / noise)).toBeGreaterThan(35);
  },
);

test.each([
  [4, 4],
  [2, 3],
] as const)(
  'MobileNetV2 W%iA%i runs on codes from a file as from the graph, to the same bits',
  async (weights, activations) => {
    setBackend(await wasm());
    const model = new URL('../../../models/mobilenetv2-cifar10.onnx', import.meta.url);
    const { graph } = await quantize(fromOnnx(readFileSync(model)), {
      weights: { bits: weights },
      activations: { bits: activations },
      calibration: [calibration],
    });
    const results: number[][] = [];
    for (const form of ['graph', 'packed', 'qdq'] as const) {
      const read = form === 'graph' ? graph : fromOnnx(toOnnx(graph, { form }));
      const session = await compile(read, { clock: () => 0 });
      results.push(toNumbers((await session.run({ input })).logits as Tensor));
      const rows = session.profile();
      expect(rows.filter(({ reason }) => reason !== undefined)).toEqual([]);
      const kernels = rows.map(({ kernel }) => kernel);
      expect(kernels.filter((kernel) => kernel === 'integerConv2d').length).toBeGreaterThan(20);
      for (const float of ['conv2d', 'dynamicClip', 'add']) expect(kernels).not.toContain(float);
      await session.release();
    }
    for (const result of results) expect(result).toEqual(results[0]);
  },
);

test('a network larger than the memory is refused with the layer at fault, and a smaller input still runs', async () => {
  setBackend(await wasm());
  const graph: Graph = {
    name: 'wide',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['N'] }],
    outputs: [{ name: 'y', dtype: 'float32' }],
    nodes: [
      {
        op: 'expand',
        name: 'expand',
        inputs: ['x'],
        outputs: ['e'],
        attributes: { shape: [2000, 1] },
      },
      { op: 'relu', name: 'relu', inputs: ['e'], outputs: ['y'], attributes: {} },
    ],
    constants: new Map(),
    metadata: {},
  };
  const session = await compile(graph);
  await expect(session.run({ x: randomNormal([1_000_000], random(1)) })).rejects.toThrow(
    /layer "expand", expand: .*no memory for 8000000000 bytes/,
  );
  const { y } = await session.run({ x: randomNormal([2], random(1)) });
  expect(y?.shape).toEqual([2000, 2]);
  await session.release();
});
