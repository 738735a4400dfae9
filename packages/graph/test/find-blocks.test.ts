import { random, randomNormal, type Tensor } from '@subbyte/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createExecutor,
  describe as describeGraph,
  findBlocks,
  type Graph,
  type Node,
  removeUnused,
} from '../src/index.ts';
import { randomGraph } from './random-graph.ts';
import { float, graphOf, node } from './support.ts';

const conv = (from: string, to: string): Node =>
  node('conv2d', [from, `${to}.w`], to, {
    strides: [1, 1],
    dilations: [1, 1],
    padding: [1, 1, 1, 1],
    groups: 1,
  });

/** A graph of these nodes with the weights its convolutions name. */
function network(nodes: readonly Node[], outputs: readonly string[]): Graph {
  const stream = random(1);
  const constants: Record<string, Tensor> = {};
  for (const { op, inputs } of nodes) {
    if (op === 'conv2d') constants[inputs[1] as string] = randomNormal([2, 2, 3, 3], stream);
  }
  return graphOf([float('x', ['N', 2, 6, 6])], nodes, outputs, constants);
}

const membersOf = (graph: Graph): string[][] => findBlocks(graph).map(({ nodes }) => [...nodes]);

test('a residual network: stem, one unit per skip connection, head', () => {
  const graph = network(
    [
      conv('x', 'stem'),
      node('relu', ['stem'], 'stem.relu', {}),
      conv('stem.relu', 'a1'),
      node('relu', ['a1'], 'a1.relu', {}),
      conv('a1.relu', 'a2'),
      node('add', ['a2', 'stem.relu'], 'a', {}),
      node('relu', ['a'], 'a.relu', {}),
      conv('a.relu', 'b1'),
      conv('a.relu', 'shortcut'),
      node('add', ['b1', 'shortcut'], 'b', {}),
      conv('b', 'head'),
    ],
    ['head'],
  );
  expect(findBlocks(graph)).toEqual([
    { name: 'block.0', nodes: ['stem', 'stem.relu'], inputs: ['x'], outputs: ['stem.relu'] },
    {
      name: 'block.1',
      nodes: ['a1', 'a1.relu', 'a2', 'a', 'a.relu'],
      inputs: ['stem.relu'],
      outputs: ['a.relu'],
    },
    { name: 'block.2', nodes: ['b1', 'shortcut', 'b'], inputs: ['a.relu'], outputs: ['b'] },
    { name: 'block.3', nodes: ['head'], inputs: ['b'], outputs: ['head'] },
  ]);
});

test('layers without a skip are chained, three to a unit', () => {
  const names = ['x', 'c1', 'c2', 'c3', 'c4', 'c5'];
  const nodes = names.slice(1).map((name, i) => conv(names[i] as string, name));
  expect(membersOf(network(nodes, ['c5']))).toEqual([
    ['c1', 'c2', 'c3'],
    ['c4', 'c5'],
  ]);
});

test('a skip from the input, and a gate inside a skip', () => {
  const graph = network(
    [
      conv('x', 'a'),
      node('reduceMean', ['a'], 'pool', { axes: [2, 3], keepAxes: true }),
      conv('pool', 'squeeze'),
      node('sigmoid', ['squeeze'], 'gate', {}),
      node('mul', ['a', 'gate'], 'scaled', {}),
      conv('scaled', 'b'),
      node('add', ['b', 'x'], 'y', {}),
    ],
    ['y'],
  );
  expect(membersOf(graph)).toEqual([['a', 'pool', 'squeeze', 'gate', 'scaled', 'b', 'y']]);
});

test('connections longer than a unit do not swallow the units inside', () => {
  const nodes = [conv('x', 's')];
  let value = 's';
  for (let i = 0; i < 14; i++) {
    nodes.push(conv(value, `c${i}`), node('add', [`c${i}`, value], `r${i}`, {}));
    value = `r${i}`;
  }
  nodes.push(node('add', [value, 's'], 'y', {}));
  const blocks = membersOf(network(nodes, ['y']));
  expect(blocks).toHaveLength(15);
  expect(blocks[1]).toEqual(['c0', 'r0']);
  expect(blocks[14]).toEqual(['c13', 'r13', 'y']);
});

test('weight preparation and shape arithmetic stay with the layer that uses them', () => {
  const graph = network(
    [
      node('identity', ['x'], 'first', {}),
      conv('first', 'a'),
      node('shape', ['a'], 'shape', { start: 0 }),
      conv('a', 'b'),
      node('dynamicReshape', ['b', 'shape'], 'y', { allowZero: false }),
    ],
    ['y'],
  );
  expect(membersOf(graph)).toEqual([['first', 'a', 'shape', 'b', 'y']]);
  expect(findBlocks(graphOf([float('x')], [node('relu', ['x'], 'y', {})], ['y']))).toEqual([]);
});

test('blocks part the graph and run one after another', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 24 }), (seed, count) => {
      const graph = removeUnused(randomGraph(seed, count));
      const blocks = findBlocks(graph);
      if (blocks.length === 0) return;
      const members = blocks.flatMap(({ nodes }) => nodes);
      expect(new Set(members).size).toBe(members.length);
      const known = new Set(['x', 'z']);
      for (const block of blocks) {
        expect(block.outputs.length).toBeGreaterThan(0);
        for (const input of block.inputs) {
          // Values of no block come from nodes that no layer precedes or follows.
          const producer = graph.nodes.find(({ outputs }) => outputs.includes(input));
          if (!producer || members.includes(producer.name)) expect(known).toContain(input);
        }
        for (const output of block.outputs) known.add(output);
      }
    }),
    { numRuns: 150 },
  );
});

test('describe counts parameters and multiply-accumulates', () => {
  const stream = random(2);
  const quantizer = {
    version: 1,
    scheme: 'uniform',
    bits: 8,
    signed: true,
    narrow: false,
    granularity: { kind: 'perTensor' },
    scaleShape: [],
    scale: [0.1],
    zeroPoint: [0],
  } as const;
  const graph = graphOf(
    [float('x', ['N', 4, 8, 8]), float('q', [3, 2])],
    [
      node('fakeQuantize', ['w1'], 'w1q', { quantizer }),
      node('conv2d', ['x', 'w1q', 'b1'], 'c', {
        strides: [2, 2],
        dilations: [1, 1],
        padding: [1, 1, 1, 1],
        groups: 2,
      }),
      node('convTranspose2d', ['c', 'w2'], 't', {
        strides: [2, 2],
        dilations: [1, 1],
        padding: [0, 0, 0, 0],
        outputPadding: [0, 0],
        groups: 1,
      }),
      node('reshape', ['t'], 'rows', { shape: [0, 8, -1], allowZero: false }),
      node('matmul', ['rows', 'w3'], 'm', { transposeA: false, transposeB: false }),
      node('matmul', ['q', 'm'], 'y', { transposeA: false, transposeB: false }),
    ],
    ['y'],
    {
      w1: randomNormal([6, 2, 3, 3], stream),
      b1: randomNormal([6], stream),
      w2: randomNormal([6, 2, 2, 2], stream),
      w3: randomNormal([16, 5], stream),
    },
  );
  // The last product does not fit (2 against 8 rows); without it the graph is right.
  expect(() => describeGraph(graph)).toThrow('matmul "y"');
  const fitting = { ...graph, inputs: [float('x', ['N', 4, 8, 8]), float('q', [3, 8])] };
  createExecutor(fitting).dispose();
  const { layers, totals } = describeGraph(fitting);
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  expect(byName.get('c')).toMatchObject({
    op: 'conv2d',
    inputs: [
      [1, 4, 8, 8],
      [6, 2, 3, 3],
    ],
    outputs: [[1, 6, 4, 4]],
    parameters: 6,
    macs: 6 * 16 * 2 * 9,
    quantizable: true,
    block: 'block.0',
  });
  expect(byName.get('t')).toMatchObject({
    parameters: 48,
    macs: 6 * 16 * 2 * 4,
    outputs: [[1, 2, 8, 8]],
  });
  expect(byName.get('m')).toMatchObject({ parameters: 80, macs: 8 * 5 * 16, quantizable: true });
  expect(byName.get('y')).toMatchObject({
    macs: 3 * 5 * 8,
    quantizable: 'weights are computed from the input',
  });
  expect(byName.get('rows')).toMatchObject({ macs: 0, quantizable: 'has no weights' });
  expect(totals).toEqual({
    nodes: 6,
    parameters: 108 + 6 + 48 + 80,
    macs: 1728 + 768 + 640 + 120,
    macsComplete: true,
    quantizable: 108 + 48 + 80,
  });
  const unknown = describeGraph({
    ...fitting,
    inputs: [float('x', ['N', 4, 'H', 8]), float('q', [3, 8])],
  });
  expect(unknown.totals.macsComplete).toBe(false);
});
