import { random, randomNormal, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import {
  createExecutor,
  fusePatterns,
  type Graph,
  groupActivations,
  type Node,
  ungroupActivations,
} from '../src/index.ts';
import { float, graphOf, node } from './support.ts';

const stream = random(3);
const w = randomNormal([4, 4], stream);
const layer = node('matmul', ['x', 'w'], 'p', { transposeA: false, transposeB: false });
const network = (nodes: readonly Node[], outputs = ['y']): Graph =>
  graphOf([float('x', ['N', 4])], [layer, ...nodes], outputs, { w });

const activations: [string, Node[]][] = [
  ['relu', [node('relu', ['p'], 'y', {})]],
  ['clip', [node('clip', ['p'], 'y', { min: -1, max: 0.5 })]],
  ['hardSwish', [node('hardSwish', ['p'], 'y', {})]],
  ['hardSigmoid', [node('hardSigmoid', ['p'], 'y', { alpha: 0.3, beta: 0.4 })]],
  ['sigmoid', [node('sigmoid', ['p'], 'y', {})]],
  ['silu', [node('sigmoid', ['p'], 'g', {}), node('mul', ['g', 'p'], 'y', {})]],
  ['leakyRelu', [node('leakyRelu', ['p'], 'y', { alpha: 0.2 })]],
];

test.each(activations)('%s goes into its layer and out again', (kind, nodes) => {
  const graph = network(nodes);
  const grouped = groupActivations(graph);
  expect(grouped.nodes).toHaveLength(1);
  expect(grouped.nodes[0]).toMatchObject({
    name: 'p',
    outputs: ['y'],
    attributes: { activation: { kind } },
  });
  const apart = ungroupActivations(grouped);
  expect(apart.nodes.map(({ op, attributes }) => [op, attributes])).toEqual(
    graph.nodes.map(({ op, attributes }) => [op, attributes]),
  );
  const x = randomNormal([3, 4], stream, 0, 2);
  const [a, b, c] = [graph, grouped, apart].map((g) => {
    const { y } = createExecutor(g).run({ x });
    return y ? toNumbers(y) : [];
  }) as [number[], number[], number[]];
  expect(c).toEqual(a);
  for (const [i, value] of b.entries()) expect(value).toBeCloseTo(a[i] as number, 5);
});

test('only the kinds asked for, and only where nobody else reads the result', () => {
  const relu = network([node('relu', ['p'], 'y', {})]);
  expect(groupActivations(relu, ['clip'])).toBe(relu);
  const read = network([node('relu', ['p'], 'r', {}), node('add', ['p', 'r'], 'y', {})]);
  expect(groupActivations(read)).toBe(read);
  const output = network([node('relu', ['p'], 'y', {})], ['y', 'p']);
  expect(groupActivations(output)).toBe(output);
  const gate = network(
    [node('sigmoid', ['p'], 'g', {}), node('mul', ['g', 'p'], 'y', {})],
    ['y', 'g'],
  );
  expect(groupActivations(gate)).toBe(gate);
  const both = network([node('relu', ['p'], 'r', {}), node('sigmoid', ['r'], 'y', {})]);
  expect(groupActivations(both).nodes).toHaveLength(2);
  const open = network([node('clip', ['p'], 'y', { min: 0, max: Number.POSITIVE_INFINITY })]);
  expect(groupActivations(open).nodes[0]).toMatchObject({
    attributes: { activation: { kind: 'relu' } },
  });
});

const fused = (
  nodes: readonly Node[],
  constants: Record<string, number>,
  shape: (string | number)[] = ['N', 4],
): unknown =>
  fusePatterns(
    graphOf(
      [float('x', shape)],
      nodes,
      ['y'],
      Object.fromEntries(
        Object.entries(constants).map(([name, value]) => [name, tensor([value], [])]),
      ),
    ),
  ).nodes.map(({ op, attributes }) => [op, attributes]);

test('hard-sigmoid in both spellings, and hard-swish built on it', () => {
  const numbers = { three: 3, six: 6, a: 0.2, b: 0.5 };
  const gate = [
    node('add', ['x', 'three'], 's', {}),
    node('clip', ['s'], 'k', { min: 0, max: 6 }),
    node('div', ['k', 'six'], 'y', {}),
  ];
  expect(fused(gate, numbers)).toEqual([['hardSigmoid', { alpha: 1 / 6, beta: 0.5 }]]);
  const affine = [
    node('mul', ['a', 'x'], 'm', {}),
    node('add', ['m', 'b'], 's', {}),
    node('clip', ['s'], 'y', { min: 0, max: 1 }),
  ];
  const alpha = Math.fround(0.2);
  expect(fused(affine, numbers)).toEqual([['hardSigmoid', { alpha, beta: 0.5 }]]);
  const swish = [
    node('hardSigmoid', ['x'], 'h', { alpha: 1 / 6, beta: 0.5 }),
    node('mul', ['h', 'x'], 'y', {}),
  ];
  expect(fused(swish, numbers)).toEqual([['hardSwish', {}]]);
  const other = [
    node('hardSigmoid', ['x'], 'h', { alpha: 0.2, beta: 0.5 }),
    node('mul', ['h', 'x'], 'y', {}),
  ];
  expect(fused(other, numbers)).toHaveLength(2);
});

test('softmax by way of rank 2, only over the last axis', () => {
  const nodes = (axis: number): Node[] => [
    node('shape', ['x'], 's', { start: 0 }),
    node('flatten', ['x'], 'f', { axis }),
    node('softmax', ['f'], 'p', { axis: 1 }),
    node('dynamicReshape', ['p', 's'], 'y', { allowZero: false }),
  ];
  expect(fused(nodes(2), {}, ['N', 4, 'W'])).toEqual([['softmax', { axis: 2 }]]);
  expect(fused(nodes(1), {}, ['N', 4, 'W'])).toHaveLength(4);
});
