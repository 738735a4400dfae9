// Graphs from outside may be anything: the only error is a GraphError, and nothing big is made.
import { type Random, random, tensor } from '@subbyte/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  checkGraph,
  createExecutor,
  describe as describeGraph,
  type Graph,
  GraphError,
  inferTypes,
  type Node,
  simplify,
} from '../src/index.ts';
import { randomGraph } from './random-graph.ts';
import { float, graphOf, int64, node } from './support.ts';

/** Operations without attributes. */
const plain = [
  'identity',
  'size',
  'range',
  'nonZero',
  'add',
  'pow',
  'where',
  'and',
  'prelu',
  'equal',
  'not',
  'dynamicSlice',
  'dynamicExpand',
  'dynamicTile',
  'dynamicUnsqueeze',
  'dynamicCumulativeSum',
] as const;

/** Changes one thing of the graph. */
function mutate(graph: Graph, stream: Random): Graph {
  const pick = <T>(list: readonly T[]): T => list[stream.integer(list.length)] as T;
  const values = [
    ...graph.constants.keys(),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
    'x',
    '',
  ];
  const at = stream.integer(graph.nodes.length);
  const old = graph.nodes[at] as Node;
  const withNode = (node: Node): Graph => ({ ...graph, nodes: graph.nodes.with(at, node) });
  const numbers = [-(2 ** 31), -3, -1, 0, 1, 2, 7, 1e6, 2 ** 31, 2 ** 53];
  const mutations: (() => Graph)[] = [
    () =>
      withNode({
        ...old,
        inputs: old.inputs.map((input) => (stream.uniform() < 0.5 ? pick(values) : input)),
      }),
    () => withNode({ ...old, attributes: {}, op: pick(plain) } as unknown as Node),
    () => withNode({ ...old, inputs: old.inputs.slice(1) }),
    () => {
      const name = pick([...graph.constants.keys()]);
      const shape = [pick([0, 1, 2, 3]), pick([1, 4, 5])];
      const dtype = pick(['float32', 'int64', 'bool', 'int8'] as const);
      const value = tensor(
        new Array<number>((shape[0] as number) * (shape[1] as number)).fill(1),
        shape,
        dtype,
      );
      return { ...graph, constants: new Map(graph.constants).set(name, value) };
    },
    () => ({
      ...graph,
      constants: new Map(graph.constants).set('shape', int64(pick(numbers), pick(numbers))),
    }),
    () => {
      const attributes: Record<string, unknown> = { ...old.attributes };
      for (const key of Object.keys(attributes)) {
        const value = attributes[key];
        if (typeof value === 'number') attributes[key] = pick(numbers);
        if (Array.isArray(value)) attributes[key] = value.map(() => pick(numbers));
      }
      return withNode({ ...old, attributes } as unknown as Node);
    },
    () => ({ ...graph, nodes: graph.nodes.toSpliced(at, 1) }),
    () => ({
      ...graph,
      inputs: graph.inputs.map((info) => ({
        ...info,
        shape: [pick([1, 3, 'N']), pick([4, 5, 'N'])],
      })),
    }),
  ];
  return pick(mutations)();
}

test('mutated graphs run, or fail with a GraphError', () => {
  let failed = 0;
  let ran = 0;
  const attempt = (work: () => void): void => {
    try {
      work();
      ran++;
    } catch (error) {
      failed++;
      if (!(error instanceof GraphError)) throw error;
    }
  };
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 3 }),
      (seed, count, changes) => {
        const stream = random(seed);
        let graph = randomGraph(seed, count);
        for (let i = 0; i < changes && graph.nodes.length > 0; i++) graph = mutate(graph, stream);
        attempt(() => checkGraph(graph));
        attempt(() => simplify(graph));
        try {
          checkGraph(graph);
        } catch {
          return;
        }
        attempt(() => inferTypes(graph));
        attempt(() => describeGraph(graph));
        attempt(() => {
          const executor = createExecutor(graph);
          const sizes = new Map<string, number>();
          const inputs = Object.fromEntries(
            graph.inputs.map(({ name, shape }) => {
              const concrete = (shape ?? []).map((size) => {
                if (typeof size === 'number') return size;
                return sizes.get(size) ?? (sizes.set(size, 4).get(size) as number);
              });
              return [
                name,
                tensor(new Float32Array(concrete.reduce((a, b) => a * b, 1)), concrete),
              ];
            }),
          );
          executor.run(inputs);
        });
      },
    ),
    { numRuns: 400 },
  );
  expect(failed).toBeGreaterThan(50);
  expect(ran).toBeGreaterThan(50);
});

test('claimed sizes are not allocated while a graph is looked at', () => {
  const huge = (op: 'constantOfShape' | 'dynamicExpand' | 'dynamicTile'): Graph =>
    graphOf(
      [float('x', [1, 1])],
      [
        op === 'constantOfShape'
          ? node(op, ['size'], 'y', { dtype: 'float32', value: 1 })
          : node(op, ['c', 'size'], 'y', {}),
      ],
      ['y'],
      { size: int64(40_000, 40_000), c: tensor([1], [1, 1]) },
    );
  for (const op of ['constantOfShape', 'dynamicExpand', 'dynamicTile'] as const) {
    const small = simplify(huge(op));
    expect(small.nodes).toHaveLength(1);
    expect(inferTypes(small).get('y')?.shape).toEqual([40_000, 40_000]);
  }
  const tooBig = huge('constantOfShape');
  const more = {
    ...tooBig,
    constants: new Map(tooBig.constants).set('size', int64(2 ** 31, 2 ** 31)),
  };
  expect(() => simplify(more)).toThrow(GraphError);
});
