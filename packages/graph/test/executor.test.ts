import { setBackend } from '@subbyte/kernels';
import type { Quantizer } from '@subbyte/quantizers';
import { type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { afterEach, expect, test } from 'vitest';
import { createExecutor, GraphError } from '../src/index.ts';
import { countingBackend } from './counting-backend.ts';
import { float, graphOf, node } from './support.ts';

afterEach(() => setBackend(undefined));

const x = tensor([1, -2, 3, -4], [2, 2]);

const chain = graphOf(
  [float('x', ['N', 2])],
  [
    node('relu', ['x'], 'r', {}),
    node('reshape', ['r'], 'flat', { shape: [-1], allowZero: false }),
    node('add', ['flat', 'c'], 's', {}),
    node('identity', ['s'], 'i', {}),
    node('neg', ['i'], 'y', {}),
  ],
  ['y'],
  { c: tensor([10], [1]) },
);

const run = (name: string, values: Record<string, Tensor>): number[] =>
  toNumbers(values[name] as Tensor);

const nearest = (x: number, levels: readonly number[]): number =>
  levels.reduce((best, level) => (Math.abs(level - x) < Math.abs(best - x) ? level : best));

test('runs a graph and shows every value', () => {
  const seen: string[] = [];
  const result = createExecutor(chain).run(
    { x },
    { onValue: (name, value) => seen.push(`${name} ${toNumbers(value)}`) },
  );
  expect(run('y', result)).toEqual([-11, -10, -13, -10]);
  expect(seen).toEqual([
    'r 1,0,3,0',
    'flat 1,0,3,0',
    's 11,10,13,10',
    'i 11,10,13,10',
    'y -11,-10,-13,-10',
  ]);
});

test('releases what it made, and only that', () => {
  const backend = countingBackend();
  setBackend(backend);
  const input = backend.upload(x);
  const executor = createExecutor(chain);
  const before = backend.alive.size;
  const { y } = executor.run({ x: input });
  expect(backend.alive.size).toBe(before + 1);
  expect(backend.frozen.size).toBe(1);
  y?.storage.dispose();
  executor.dispose();
  executor.dispose();
  expect([...backend.alive]).toEqual([input.storage]);
  expect(() => executor.run({ x: input })).toThrow(/disposed/);
});

test('outputs may be intermediate values, inputs, constants and views, each with its own memory', () => {
  const backend = countingBackend();
  setBackend(backend);
  const executor = createExecutor(chain);
  const before = backend.alive.size;
  const outputs = ['r', 'flat', 's', 'i', 'x', 'c'];
  const result = executor.run({ x }, { outputs });
  expect(Object.keys(result)).toEqual(outputs);
  expect(run('r', result)).toEqual([1, 0, 3, 0]);
  expect(result.flat?.shape).toEqual([4]);
  expect(run('x', result)).toEqual([1, -2, 3, -4]);
  expect(run('c', result)).toEqual([10]);
  for (const value of Object.values(result)) value.storage.dispose();
  expect(backend.alive.size).toBe(before);
  expect(x.storage.disposed).toBe(false);
  expect(run('y', executor.run({ x }))).toEqual([-11, -10, -13, -10]);
  expect(() => executor.run({ x }, { outputs: ['nowhere'] })).toThrow(
    'no value is named "nowhere"',
  );
});

test('says which input does not fit', () => {
  const executor = createExecutor({ ...chain, inputs: [float('x', ['N', 2]), float('z', ['N'])] });
  const z = tensor([0, 0], [2]);
  expect(() => executor.run({ x })).toThrow('input "z" is missing');
  expect(() => executor.run({ x, z, w: z })).toThrow('no input is named "w"');
  expect(() => executor.run({ x, z: tensor([1, 2], [2], 'int64') })).toThrow(
    'is int64, expected float32',
  );
  expect(() => executor.run({ x, z: tensor([0, 0, 0]) })).toThrow('N is 2 elsewhere');
  expect(() => executor.run({ x: tensor([1, 2, 3], [1, 3]), z })).toThrow(
    '[1, 3], expected [N, 2]',
  );
  expect(() => executor.run({ x: tensor([1, 2]), z })).toThrow(GraphError);
});

test('a failing kernel names its node and leaves nothing behind', () => {
  const backend = countingBackend();
  setBackend(backend);
  const graph = graphOf(
    [float('x')],
    [node('relu', ['x'], 'r', {}), node('add', ['r', 'c'], 'sum', {})],
    ['sum'],
    { c: tensor([1, 2, 3]) },
  );
  const executor = createExecutor(graph);
  const before = backend.alive.size;
  try {
    executor.run({ x });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(GraphError);
    expect((error as GraphError).message).toMatch(/^add "sum": /);
    expect((error as GraphError).node).toBe('sum');
    expect((error as GraphError).cause).toBeInstanceOf(Error);
  }
  expect(backend.alive.size).toBe(before);
});

test('an aborted signal stops the run with its reason', () => {
  const controller = new AbortController();
  const executor = createExecutor(chain);
  const reason = new Error('enough');
  const onValue = (name: string): void => {
    if (name === 's') controller.abort(reason);
  };
  expect(() => executor.run({ x }, { onValue, signal: controller.signal })).toThrow(reason);
});

const quantizer: Quantizer = {
  version: 1,
  scheme: 'uniform',
  bits: 4,
  signed: true,
  narrow: false,
  granularity: { kind: 'perChannel', axis: 0 },
  scaleShape: [2],
  scale: [0.5, 1],
  zeroPoint: [0, 0],
};

test('quantized weights are computed once and frozen', () => {
  const backend = countingBackend();
  setBackend(backend);
  const graph = graphOf(
    [float('x', ['N', 2])],
    [
      node('fakeQuantize', ['w'], 'wq', { quantizer }),
      node('matmul', ['x', 'wq'], 'p', { transposeA: false, transposeB: true }),
      node('fakeQuantize', ['p'], 'y', {
        quantizer: {
          ...quantizer,
          granularity: { kind: 'perTensor' },
          scaleShape: [],
          scale: [2],
          zeroPoint: [1],
        },
      }),
    ],
    ['y'],
    { w: tensor([0.7, -9, 0.7, 1.5], [2, 2]) },
  );
  const executor = createExecutor(graph);
  // The quantized weight, scale and zero point; the float weight has gone.
  expect(backend.alive.size).toBe(3);
  expect(backend.frozen.size).toBe(3);
  const seen: string[] = [];
  const result = executor.run(
    { x },
    { onValue: (name) => seen.push(name), outputs: ['wq', 'p', 'y'] },
  );
  expect(seen).toEqual(['wq', 'p', 'y']);
  expect(run('wq', result)).toEqual([0.5, -4, 1, 2]);
  expect(run('p', result)).toEqual([8.5, -3, 17.5, -5]);
  expect(run('y', result)).toEqual([8, -4, 12, -4]);
  expect(backend.alive.size).toBe(6);
});

test('levels of a codebook: weights once, values at every run', () => {
  const backend = countingBackend();
  setBackend(backend);
  const levels = { version: 1, granularity: { kind: 'perTensor' }, scaleShape: [] } as const;
  const apot = { ...levels, scheme: 'apot', bits: 3, signed: true, termBits: 2 } as const;
  const ternary = { ...levels, scheme: 'ternary', bits: 2 } as const;
  const graph = graphOf(
    [float('x', ['N', 2])],
    [
      node('fakeQuantize', ['w'], 'wq', { quantizer: { ...apot, scale: [0.5] } }),
      node('matmul', ['x', 'wq'], 'p', { transposeA: false, transposeB: true }),
      node('fakeQuantize', ['p'], 'y', { quantizer: { ...ternary, scale: [8], offset: [1] } }),
    ],
    ['y'],
    { w: tensor([0.7, -9, 0.8, 1.5], [2, 2]) },
  );
  const executor = createExecutor(graph);
  for (let i = 0; i < 3; i++) {
    const result = executor.run({ x }, { outputs: ['wq', 'p', 'y'] });
    // Levels 0, 0.5, 1 and 2; half-way the smaller one.
    expect(run('wq', result)).toEqual([0.5, -2, 1, 1]);
    expect(run('y', result)).toEqual(run('p', result).map((p) => nearest(p, [-7, 1, 9])));
    for (const value of Object.values(result)) value.storage.dispose();
  }
  executor.dispose();
  expect(backend.alive.size).toBe(0);
});

test('only what the outputs need is run', () => {
  const graph = graphOf(
    [float('x')],
    [node('neg', ['x'], 'y', {}), node('add', ['x', 'c'], 'broken', {})],
    ['y', 'broken'],
    { c: tensor([1, 2, 3]) },
  );
  const executor = createExecutor(graph);
  expect(run('y', executor.run({ x }, { outputs: ['y'] }))).toEqual([-1, 2, -3, 4]);
  expect(() => executor.run({ x })).toThrow('add "broken"');
});

test('names from outside are only names', () => {
  const graph = graphOf(
    [float('__proto__')],
    [node('neg', ['__proto__'], 'constructor', {})],
    ['constructor'],
  );
  const inputs = Object.create(null) as Record<string, Tensor>;
  Object.defineProperty(inputs, '__proto__', { value: x, enumerable: true });
  expect(run('constructor', createExecutor(graph).run(inputs))).toEqual([-1, 2, -3, 4]);
  expect(() => createExecutor(graph).run({})).toThrow('is missing');
});
