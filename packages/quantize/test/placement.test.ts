import { type Graph, type Node, producersOf } from '@subbyte/graph';
import { random, randomNormal, type Tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { quantize } from '../src/index.ts';
import { conv } from './network.ts';

const none = {};
const stream = random(4);
const normal = (shape: readonly number[]): Tensor => randomNormal(shape, stream);

function graphOf(
  nodes: readonly Node[],
  constants: Record<string, Tensor>,
  shape: readonly (number | string)[],
): Graph {
  return {
    name: 'test',
    inputs: [{ name: 'x', dtype: 'float32', shape }],
    outputs: [{ name: 'y', dtype: 'float32' }],
    nodes,
    constants: new Map(Object.entries(constants)),
    metadata: {},
  };
}

const values = (graph: Graph): string[] =>
  graph.nodes.flatMap((node) =>
    node.op === 'fakeQuantize' && !graph.constants.has(node.inputs[0] as string) ? node.inputs : [],
  );

const config = (shape: readonly number[]) =>
  ({
    weights: { bits: 8 },
    activations: { bits: 8 },
    calibration: [normal(shape)],
    biasCorrection: false,
  }) as const;

test('attention: every product reads grids, softmax and its input stay float', async () => {
  const matmul = (name: string, inputs: string[], output: string, transposeB = false): Node => ({
    op: 'matmul',
    name,
    inputs,
    outputs: [output],
    attributes: { transposeA: false, transposeB },
  });
  const graph = graphOf(
    [
      matmul('query', ['x', 'wq'], 'q'),
      matmul('key', ['x', 'wk'], 'k'),
      matmul('score', ['q', 'k'], 's', true),
      { op: 'softmax', name: 'softmax', inputs: ['s'], outputs: ['p'], attributes: { axis: 2 } },
      matmul('mix', ['p', 'x'], 'm'),
      matmul('out', ['m', 'wo'], 'y'),
    ],
    { wq: normal([6, 6]), wk: normal([6, 6]), wo: normal([6, 3]) },
    ['N', 4, 6],
  );
  const { graph: quantized, report } = await quantize(graph, config([2, 4, 6]));
  expect(values(quantized).toSorted()).toEqual(['k', 'm', 'p', 'q', 'x']);
  expect(report.layers.filter(({ weights }) => !weights).map(({ name }) => name)).toEqual([
    'score',
    'mix',
  ]);
  expect(report.layers.find(({ name }) => name === 'mix')?.input?.value).toBe('p');
});

test('a float operation between layers has grids on both sides, constants do not', async () => {
  const graph = graphOf(
    [
      conv('a', ['x', 'wa'], 'a'),
      { op: 'sigmoid', name: 'sigmoid', inputs: ['a'], outputs: ['s'], attributes: none },
      { op: 'mul', name: 'scale', inputs: ['s', 'c'], outputs: ['t'], attributes: none },
      conv('b', ['t', 'wb'], 'y'),
    ],
    { wa: normal([4, 3, 3, 3]), wb: normal([2, 4, 3, 3]), c: normal([1, 4, 1, 1]) },
    ['N', 3, 6, 6],
  );
  const { graph: quantized, report } = await quantize(graph, config([2, 3, 6, 6]));
  expect(values(quantized)).toEqual(['x', 'a', 't']);
  expect(report.layers.find(({ name }) => name === 'scale')?.reason).toBe('an operand is constant');
});

test('activationOps leaves the rest float', async () => {
  const graph = graphOf(
    [
      conv('a', ['x', 'wa'], 'a'),
      { op: 'sigmoid', name: 'gate', inputs: ['a'], outputs: ['g'], attributes: none },
      { op: 'mul', name: 'product', inputs: ['a', 'g'], outputs: ['y'], attributes: none },
    ],
    { wa: normal([4, 3, 3, 3]) },
    ['N', 3, 6, 6],
  );
  const all = await quantize(graph, config([1, 3, 6, 6]));
  const some = await quantize(graph, { ...config([1, 3, 6, 6]), activationOps: ['conv2d'] });
  expect(values(all.graph)).toEqual(['x', 'a', 'g']);
  expect(values(some.graph)).toEqual(['x', 'a']);
});

test('layout operations share one grid with what they move', async () => {
  const graph = graphOf(
    [
      conv('a', ['x', 'wa'], 'a'),
      {
        op: 'transpose',
        name: 'transpose',
        inputs: ['a'],
        outputs: ['t'],
        attributes: { permutation: [0, 2, 3, 1] },
      },
      {
        op: 'split',
        name: 'split',
        inputs: ['t'],
        outputs: ['l', 'r'],
        attributes: { axis: 3, sizes: [2, 2] },
      },
      { op: 'mul', name: 'product', inputs: ['l', 'r'], outputs: ['m'], attributes: none },
      { op: 'tanh', name: 'tanh', inputs: ['m'], outputs: ['y'], attributes: none },
    ],
    { wa: normal([4, 3, 3, 3]) },
    ['N', 3, 6, 6],
  );
  const { graph: quantized, report } = await quantize(graph, config([1, 3, 6, 6]));
  expect(values(quantized)).toEqual(['x', 'a', 't', 'l', 'r', 'm']);
  const grids = quantized.nodes.flatMap((node) =>
    node.op === 'fakeQuantize' && ['a', 't', 'l', 'r'].includes(node.inputs[0] as string)
      ? [node.attributes.quantizer]
      : [],
  );
  expect(new Set(grids.map((grid) => JSON.stringify(grid))).size).toBe(1);
  expect(report.activations.map(({ value }) => value)).toEqual(['x', 'a', 'm']);
});

test('transposed convolutions: channels on axis 1, depthwise on axis 0, groups per tensor', async () => {
  const layer = (groups: number): Node => ({
    op: 'convTranspose2d',
    name: 'up',
    inputs: ['x', 'w'],
    outputs: ['y'],
    attributes: {
      strides: [2, 2],
      dilations: [1, 1],
      padding: [0, 0, 0, 0],
      outputPadding: [0, 0],
      groups,
    },
  });
  const granularity = async (groups: number, outputs: number) => {
    const graph = graphOf([layer(groups)], { w: normal([4, outputs, 2, 2]) }, ['N', 4, 3, 3]);
    const { graph: quantized } = await quantize(graph, { weights: { bits: 4 } });
    const grid = producersOf(quantized).get(quantized.nodes.at(-1)?.inputs[1] as string);
    return grid?.op === 'fakeQuantize' ? grid.attributes.quantizer.granularity : undefined;
  };
  expect(await granularity(1, 3)).toEqual({ kind: 'perChannel', axis: 1 });
  expect(await granularity(4, 1)).toEqual({ kind: 'perChannel', axis: 0 });
  expect(await granularity(2, 3)).toEqual({ kind: 'perTensor' });
});

test('steps leave room for biases as int32', async () => {
  const tiny = normal([2, 3, 3, 3]);
  tiny.data.fill(1e-20 as never, 0, 27);
  const graph = graphOf(
    [conv('a', ['x', 'w', 'b'], 'y')],
    { w: tiny, b: randomNormal([2], stream, 5) },
    ['N', 3, 6, 6],
  );
  const { graph: quantized } = await quantize(graph, config([1, 3, 6, 6]));
  const grids = quantized.nodes.flatMap((node) =>
    node.op === 'fakeQuantize' ? [node.attributes.quantizer] : [],
  );
  const [input, weights] = [grids[0], grids[1]];
  const biases = graph.constants.get('b')?.data as Float32Array;
  biases.forEach((bias, i) => {
    const step = (input?.scale[0] ?? 0) * (weights?.scale[i] ?? 0);
    expect(Math.abs(bias) / step).toBeLessThan(2 ** 31);
  });
});

test('codes are not spent on what every reader clamps anyway', async () => {
  const gated = (op: 'hardSwish' | 'tanh'): Graph =>
    graphOf(
      [
        conv('a', ['x', 'wa'], 'a'),
        { op, name: 'gate', inputs: ['a'], outputs: ['g'], attributes: none },
        conv('b', ['g', 'wb'], 'y'),
      ],
      { wa: randomNormal([4, 3, 3, 3], random(6), 0, 3), wb: normal([2, 4, 3, 3]) },
      ['N', 3, 6, 6],
    );
  const grid = async (op: 'hardSwish' | 'tanh') => {
    const { report } = await quantize(gated(op), config([4, 3, 6, 6]));
    return report.activations.find(({ value }) => value === 'a');
  };
  const [clamped, whole] = [await grid('hardSwish'), await grid('tanh')];
  expect(whole?.gridMin).toBeLessThan(-10);
  expect(clamped?.gridMin).toBeGreaterThan(-3.5);
  expect(clamped?.gridMin).toBeLessThan(-2.9);
  expect(clamped?.gridMax).toBeGreaterThan(10);
});
