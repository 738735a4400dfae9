import { tensor } from '@subbyte/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkGraph, type Graph, GraphError, type Node, sortNodes } from '../src/index.ts';
import { randomGraph } from './random-graph.ts';
import { float, graphOf, node } from './support.ts';

const neg = (from: string, to: string): Node => node('neg', [from], to, {});
const x = [float('x')];

test.each<[string, Graph, string | undefined]>([
  ['cycle through "a" <- "b"', graphOf(x, [neg('b', 'a'), neg('a', 'b')], ['a']), 'a'],
  [
    '"later" is produced only later',
    graphOf(x, [neg('later', 'y'), neg('x', 'later')], ['y']),
    'y',
  ],
  ['"gone" is produced nowhere', graphOf(x, [neg('gone', 'y')], ['y']), 'y'],
  [
    'two nodes are named "y"',
    graphOf(x, [neg('x', 'y'), { ...neg('x', 'z'), name: 'y' }], ['y']),
    'y',
  ],
  [
    'value "y" comes from "y" and from "z"',
    graphOf(x, [neg('x', 'y'), { ...neg('x', 'y'), name: 'z' }], ['y']),
    'z',
  ],
  ['value "x" comes from the inputs and from "x"', graphOf(x, [neg('x', 'x')], ['x']), 'x'],
  ['the inputs and from the constants', graphOf(x, [], ['x'], { x: tensor([1]) }), undefined],
  ['output "z" is produced nowhere', graphOf(x, [neg('x', 'y')], ['z']), undefined],
  ['output "y" is listed twice', graphOf(x, [neg('x', 'y')], ['y', 'y']), undefined],
  ['add "y" has 1 operands, expected 2', graphOf(x, [node('add', ['x'], 'y', {})], ['y']), 'y'],
  ['operand 1 is missing', graphOf(x, [node('add', ['x', ''], 'y', {})], ['y']), 'y'],
  ['has no result', graphOf(x, [{ ...neg('x', ''), name: 'n' }], ['x']), 'n'],
  [
    'unknown operation "toString"',
    graphOf(x, [node('toString' as 'neg', ['x'], 'y', {})], ['y']),
    'y',
  ],
])('%s', (message, graph, name) => {
  try {
    checkGraph(graph);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(GraphError);
    expect((error as GraphError).message).toContain(message);
    expect((error as GraphError).node).toBe(name);
  }
});

test('sorting any order of nodes gives a graph that passes the check', () => {
  fc.assert(
    fc.property(fc.integer(), fc.infiniteStream(fc.nat()), (seed, keys) => {
      const graph = randomGraph(seed, 15);
      checkGraph(graph);
      expect(sortNodes(graph.nodes)).toEqual(graph.nodes);
      const keyed = graph.nodes.map((n) => ({ n, key: keys.next().value as number }));
      const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ n }) => n);
      const nodes = sortNodes(shuffled);
      expect(new Set(nodes)).toEqual(new Set(graph.nodes));
      checkGraph({ ...graph, nodes });
    }),
    { numRuns: 60 },
  );
});

test('sorting names the nodes of a cycle, and only those', () => {
  const nodes = [
    neg('x', 'a'),
    node('add', ['a', 'd'], 'b', {}),
    neg('b', 'c'),
    neg('c', 'd'),
    neg('d', 'e'),
  ];
  expect(() => sortNodes(nodes)).toThrow('cycle through "b" <- "d" <- "c"');
});

test('a chain of 100 000 nodes is no problem', () => {
  const nodes = Array.from({ length: 100_000 }, (_, i) =>
    neg(i === 0 ? 'x' : `v${i - 1}`, `v${i}`),
  );
  const graph = graphOf(x, nodes, ['v99999']);
  checkGraph(graph);
  expect(sortNodes(nodes.toReversed())).toHaveLength(nodes.length);
});
