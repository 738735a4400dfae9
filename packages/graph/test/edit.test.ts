import { tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import {
  checkGraph,
  consumersOf,
  freshName,
  inferTypes,
  insertAfter,
  nameSource,
  producersOf,
  removeIdentity,
  removeUnused,
  renameValue,
  replaceUses,
  soleConsumer,
} from '../src/index.ts';
import { float, graphOf, node } from './support.ts';

const graph = graphOf(
  [float('x')],
  [
    node('relu', ['x'], 'r', {}),
    node('add', ['r', 'r'], 'a', {}),
    node('add', ['a', 'c'], 'y', {}),
    node('neg', ['r'], 'dead', {}),
  ],
  ['y', 'a'],
  { c: tensor([1]), unused: tensor([2]) },
);
const [relu, twice, _last, dead] = graph.nodes;

test('links list producers and readers', () => {
  expect(producersOf(graph).get('a')).toBe(twice);
  expect(producersOf(graph).has('x')).toBe(false);
  const consumers = consumersOf(graph);
  expect(consumers.get('r')).toEqual([twice, twice, dead]);
  expect(consumers.get('y')).toBeUndefined();
  expect(soleConsumer(graph, consumers, 'x')).toBe(relu);
  expect(soleConsumer(graph, consumers, 'r')).toBeUndefined();
  // `a` has one reader and is a graph output.
  expect(soleConsumer(graph, consumers, 'a')).toBeUndefined();
});

test('fresh names avoid values and nodes', () => {
  expect(freshName(graph, 'new')).toBe('new');
  expect(freshName(graph, 'r')).toBe('r.1');
  const fresh = nameSource(graph);
  expect([fresh('c'), fresh('c'), fresh('c')]).toEqual(['c.1', 'c.2', 'c.3']);
});

test('a node is inserted behind a value, for all readers or some', () => {
  const inserted = node('neg', ['r'], 'n', {});
  const all = insertAfter(graph, 'r', inserted);
  checkGraph(all);
  expect(all.nodes.map(({ name }) => name)).toEqual(['r', 'n', 'a', 'y', 'dead']);
  expect(all.nodes[2]?.inputs).toEqual(['n', 'n']);
  const some = insertAfter(graph, 'r', inserted, new Set(['dead']));
  expect(some.nodes.map(({ inputs }) => inputs[0])).toEqual(['x', 'r', 'r', 'a', 'n']);
  const first = insertAfter(graph, 'x', node('neg', ['x'], 'n', {}));
  checkGraph(first);
  expect(first.nodes[0]?.name).toBe('n');
  expect(graph.nodes).toHaveLength(4);
});

test('values are renamed everywhere and replaced through chains', () => {
  const renamed = renameValue(renameValue(graph, 'x', 'image'), 'c', 'bias');
  checkGraph(renamed);
  expect(renamed.inputs[0]?.name).toBe('image');
  expect([...renamed.constants.keys()]).toEqual(['bias', 'unused']);
  expect(renameValue(graph, 'y', 'out').outputs.map(({ name }) => name)).toEqual(['out', 'a']);
  const replaced = replaceUses(
    graph,
    new Map([
      ['a', 'r'],
      ['r', 'x'],
    ]),
  );
  expect(replaced.nodes.map(({ inputs }) => inputs[0])).toEqual(['x', 'x', 'x', 'x']);
});

test('what no output needs goes', () => {
  const small = removeUnused(graph);
  expect(small.nodes.map(({ name }) => name)).toEqual(['r', 'a', 'y']);
  expect([...small.constants.keys()]).toEqual(['c']);
  expect(removeUnused(small)).toBe(small);
});

test('identities go, names of inputs and outputs stay', () => {
  const identities = graphOf(
    [float('x')],
    [
      node('identity', ['x'], 'x1', {}),
      node('identity', ['x1'], 'x2', {}),
      node('neg', ['x2'], 'n', {}),
      node('identity', ['n'], 'n1', {}),
      node('transpose', ['n1'], 'y', { permutation: [0, 1] }),
      node('abs', ['n'], 'z', {}),
      node('identity', ['n1'], 'w', {}),
      node('identity', ['x1'], 'same', {}),
    ],
    ['y', 'z', 'w', 'same'],
  );
  const small = removeIdentity(identities);
  checkGraph(small);
  expect(small.nodes).toEqual([
    { ...node('neg', ['x'], 'y', {}), name: 'n' },
    node('abs', ['y'], 'z', {}),
    node('identity', ['y'], 'w', {}),
    node('identity', ['x'], 'same', {}),
  ]);
  const cast = graphOf(
    [float('x')],
    [node('cast', ['x'], 'c', { dtype: 'float32' }), node('neg', ['c'], 'y', {})],
    ['y'],
  );
  expect(removeIdentity(cast).nodes).toHaveLength(2);
  expect(removeIdentity(cast, inferTypes(cast)).nodes).toHaveLength(1);
});

test('products with 1 and sums with 0 go, unless they add axes', () => {
  const neutral = (shape: (number | string)[]): number => {
    const graph = graphOf(
      [float('x', shape)],
      [
        node('mul', ['one', 'x'], 'a', {}),
        node('add', ['a', 'zero'], 'b', {}),
        node('div', ['b', 'one'], 'c', {}),
        node('sub', ['c', 'zero'], 'd', {}),
        node('sub', ['zero', 'd'], 'e', {}),
        node('mul', ['e', 'zero'], 'y', {}),
      ],
      ['y'],
      { one: tensor([1], [1]), zero: tensor([0], [1, 1]) },
    );
    const small = removeIdentity(graph, inferTypes(graph));
    checkGraph(small);
    return small.nodes.length;
  };
  expect(neutral(['N', 4])).toBe(2);
  // Here the first sum makes rank 2 and stays.
  expect(neutral([4])).toBe(3);
});
