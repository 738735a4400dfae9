import {
  random,
  randomNormal,
  randomUniform,
  type Tensor,
  tensor,
  toNumbers,
} from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { createExecutor, type Graph, simplify } from '../src/index.ts';
import { float, graphOf, node } from './support.ts';

const stream = random(7);
const normal = (...shape: number[]): Tensor => randomNormal(shape, stream);
const positive = (...shape: number[]): Tensor => randomUniform(shape, stream, 0.5, 2);

const conv3x3 = {
  strides: [1, 1],
  dilations: [1, 1],
  padding: [1, 1, 1, 1],
  groups: 1,
} as const;

function expectSame(graph: Graph, x: Tensor): Graph {
  const small = simplify(graph);
  const before = createExecutor(graph).run({ x });
  const after = createExecutor(small).run({ x });
  for (const { name } of graph.outputs) {
    expect(after[name]?.shape).toEqual(before[name]?.shape);
    const [a, b] = [toNumbers(after[name] as Tensor), toNumbers(before[name] as Tensor)];
    for (const [i, value] of a.entries()) expect(value).toBeCloseTo(b[i] as number, 4);
  }
  expect(simplify(small)).toEqual(small);
  return small;
}

test('convolution, batch norm and relu become one node', () => {
  const graph = graphOf(
    [float('x', ['N', 3, 5, 5])],
    [
      node('conv2d', ['x', 'w'], 'c', conv3x3),
      node('batchNorm', ['c', 'gamma', 'beta', 'mean', 'variance'], 'b', { epsilon: 1e-5 }),
      node('relu', ['b'], 'y', {}),
    ],
    ['y'],
    {
      w: normal(4, 3, 3, 3),
      gamma: normal(4),
      beta: normal(4),
      mean: normal(4),
      variance: positive(4),
    },
  );
  const small = expectSame(graph, normal(2, 3, 5, 5));
  expect(small.nodes).toHaveLength(1);
  expect(small.nodes[0]).toMatchObject({
    op: 'conv2d',
    name: 'c',
    outputs: ['y'],
    attributes: { activation: { kind: 'relu' } },
  });
  expect(small.constants.size).toBe(2);
});

test('batch norm spelled as Mul and Add with [C, 1, 1] folds, into transposed convolutions too', () => {
  const graph = graphOf(
    [float('x', ['N', 4, 5, 5])],
    [
      node('convTranspose2d', ['x', 'w', 'b'], 'c', {
        ...conv3x3,
        strides: [2, 2],
        groups: 2,
        outputPadding: [1, 1],
      }),
      node('mul', ['c', 'scale'], 'm', {}),
      node('add', ['shift', 'm'], 'y', {}),
    ],
    ['y'],
    { w: normal(4, 3, 3, 3), b: normal(6), scale: normal(6, 1, 1), shift: normal(1, 6, 1, 1) },
  );
  const small = expectSame(graph, normal(2, 4, 5, 5));
  expect(small.nodes).toHaveLength(1);
});

test('bias and scale of a matrix product fold', () => {
  const graph = graphOf(
    [float('x', ['N', 4])],
    [
      node('matmul', ['x', 'w'], 'p', { transposeA: false, transposeB: false }),
      node('add', ['p', 'b'], 'q', {}),
      node('div', ['q', 's'], 'r', {}),
      node('sub', ['t', 'r'], 'y', {}),
    ],
    ['y'],
    { w: normal(4, 3), b: normal(3), s: positive(3), t: normal(1, 3) },
  );
  const small = expectSame(graph, normal(5, 4));
  expect(small.nodes).toHaveLength(1);
});

test('a layer whose result is read twice keeps its batch norm', () => {
  const graph = graphOf(
    [float('x', ['N', 2])],
    [
      node('matmul', ['x', 'w'], 'p', { transposeA: false, transposeB: true }),
      node('mul', ['p', 's'], 'q', {}),
      node('add', ['p', 'q'], 'y', {}),
    ],
    ['y'],
    { w: normal(3, 2), s: normal(3) },
  );
  expect(expectSame(graph, normal(5, 2)).nodes).toHaveLength(3);
});

const six = { three: tensor([3], []), six: tensor([6], []), sixth: tensor([1 / 6], [1]) };

test.each([
  [
    'x * clip(x + 3) / 6',
    [
      ['mul', 'x', 'k', 'm'],
      ['div', 'm', 'six', 'y'],
    ],
  ],
  [
    'clip(x + 3) * x * (1 / 6)',
    [
      ['mul', 'k', 'x', 'm'],
      ['mul', 'sixth', 'm', 'y'],
    ],
  ],
  [
    'x * (clip(x + 3) / 6)',
    [
      ['div', 'k', 'six', 'm'],
      ['mul', 'm', 'x', 'y'],
    ],
  ],
  [
    '(x / 6) * clip(x + 3)',
    [
      ['div', 'x', 'six', 'm'],
      ['mul', 'm', 'k', 'y'],
    ],
  ],
] as const)('hard-swish spelled %s', (_, steps) => {
  const graph = graphOf(
    [float('x', ['N', 4])],
    [
      node('add', ['three', 'x'], 'a', {}),
      node('clip', ['a'], 'k', { min: 0, max: 6 }),
      ...steps.map(([op, a, b, y]) => node(op, [a, b], y, {})),
    ],
    ['y'],
    six,
  );
  const small = expectSame(graph, randomNormal([8, 4], stream, 0, 4));
  expect(small.nodes.map(({ op }) => op)).toEqual(['hardSwish']);
  // Somebody else reads the clipped value: it has to stay.
  const tapped = expectSame({ ...graph, outputs: [float('y'), float('k')] }, normal(8, 4));
  expect(tapped.nodes).toHaveLength(4);
});

test('gelu, layer norm and global average pool are found', () => {
  const graph = graphOf(
    [float('x', ['N', 6, 4])],
    [
      node('reduceMean', ['x'], 'mean', { axes: [2], keepAxes: true }),
      node('sub', ['x', 'mean'], 'd', {}),
      node('pow', ['d', 'two'], 'd2', {}),
      node('reduceMean', ['d2'], 'v', { axes: [-1], keepAxes: true }),
      node('add', ['v', 'eps'], 've', {}),
      node('sqrt', ['ve'], 'sd', {}),
      node('div', ['d', 'sd'], 'n', {}),
      node('mul', ['n', 'scale'], 'ns', {}),
      node('add', ['ns', 'bias'], 'ln', {}),
      node('div', ['ln', 'root2'], 'e1', {}),
      node('erf', ['e1'], 'e2', {}),
      node('add', ['e2', 'one'], 'e3', {}),
      node('mul', ['ln', 'e3'], 'e4', {}),
      node('mul', ['e4', 'half'], 'g', {}),
      node('reshape', ['g'], 'image', { shape: [0, 6, 2, 2], allowZero: false }),
      node('averagePool2d', ['image'], 'y', {
        kernel: [2, 2],
        strides: [1, 1],
        dilations: [1, 1],
        padding: [0, 0, 0, 0],
        ceil: false,
        countPadding: false,
      }),
    ],
    ['y'],
    {
      two: tensor([2], []),
      eps: tensor([1e-5], []),
      scale: normal(4),
      bias: normal(4),
      root2: tensor([Math.SQRT2], []),
      one: tensor([1], []),
      half: tensor([0.5], []),
    },
  );
  const small = expectSame(graph, normal(3, 6, 4));
  expect(small.nodes.map(({ op }) => op)).toEqual(['layerNorm', 'gelu', 'reshape', 'reduceMean']);
});

test('a scale and a shift by numbers go into the next layer, as far as padding allows', () => {
  const between = (padding: number): Graph =>
    graphOf(
      [float('x', ['N', 2, 5, 5])],
      [
        node('hardSwish', ['x'], 'h', {}),
        node('mul', ['s', 'h'], 'm', {}),
        node('add', ['m', 't'], 'a', {}),
        node('conv2d', ['a', 'w', 'b'], 'y', {
          ...conv3x3,
          padding: [padding, padding, padding, padding],
        }),
      ],
      ['y'],
      {
        s: tensor([0.3], [1]),
        t: tensor([-2], [1]),
        w: normal(4, 2, 3, 3),
        b: normal(4),
      },
    );
  const ops = (graph: Graph): string[] => graph.nodes.map(({ op }) => op);
  expect(ops(expectSame(between(0), normal(2, 2, 5, 5)))).toEqual(['hardSwish', 'conv2d']);
  const padded = expectSame(between(1), normal(2, 2, 5, 5));
  expect(ops(padded)).toEqual(['hardSwish', 'add', 'conv2d']);
  // Read by others too, they stay.
  const tapped = { ...between(0), outputs: [float('y'), float('a')] };
  expect(ops(expectSame(tapped, normal(2, 2, 5, 5)))).toHaveLength(4);
});
