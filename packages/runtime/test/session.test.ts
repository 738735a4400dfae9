import { type Backend, reference, setBackend } from '@subbyte/kernels';
import { tensor, toNumbers, zeros } from '@subbyte/tensor';
import { afterEach, expect, test } from 'vitest';
import { compile, RuntimeError } from '../src/index.ts';
import { builder, grid, node, quantizer, same3 } from './support.ts';

afterEach(() => setBackend(undefined));

function small() {
  const { add, layer, graph, input } = builder([2, 3, 6, 6]);
  add(quantizer('x', 'xq', grid(2 ** -5, 128)));
  layer('conv2d', 'c', 'xq', [4, 3, 3, 3], same3);
  add(quantizer('c', 'y', grid(2 ** -4, 128)));
  return { graph: graph('y'), x: input() };
}

test('a session tells its inputs and outputs and has the shape of onnxruntime-web', async () => {
  const { graph, x } = small();
  const session = await compile(graph);
  expect(session.inputNames).toEqual(['x']);
  expect(session.outputNames).toEqual(['y']);
  const { y } = await session.run({ x });
  expect(y?.shape).toEqual([2, 4, 6, 6]);
  expect(() => session.profile()).toThrow(RuntimeError);
});

test('inputs that do not fit are refused with their name, and the session runs on', async () => {
  const { graph, x } = small();
  const session = await compile(graph);
  const expected = toNumbers((await session.run({ x })).y as typeof x);
  const wrong = [
    [{}, /"x" is missing/],
    [{ x, z: x }, /no input is named "z"/],
    [{ x: zeros([2, 3, 6]) }, /has shape \[2, 3, 6\]/],
    [{ x: zeros([2, 3, 6, 6], 'int32') }, /is int32, expected float32/],
  ] as const;
  for (const [inputs, message] of wrong) {
    await expect(session.run(inputs as never)).rejects.toThrow(message);
    await expect(session.run(inputs as never)).rejects.toBeInstanceOf(RuntimeError);
    expect(toNumbers((await session.run({ x })).y as typeof x)).toEqual(expected);
  }
});

test('a layer that fails is named, and the session runs on', async () => {
  const { graph, x } = small();
  let broken = false;
  const backend: Backend = {
    name: 'moody',
    kernels: {
      integerConv2d: (operands, options) => {
        if (broken) throw new Error('no memory for 12 bytes');
        return reference.integerConv2d(operands, options);
      },
    },
    zeros,
    upload: (value) => value,
  };
  setBackend(backend);
  const session = await compile(graph);
  const expected = toNumbers((await session.run({ x })).y as typeof x);
  broken = true;
  await expect(session.run({ x })).rejects.toThrow('layer "c", integerConv2d: no memory');
  broken = false;
  expect(toNumbers((await session.run({ x })).y as typeof x)).toEqual(expected);
});

test('steps that float32 cannot relate are refused with the layer', async () => {
  const { add, layer, graph } = builder([1, 3, 6, 6]);
  add(quantizer('x', 'xq', grid(2 ** 100, 128)));
  layer('conv2d', 'c', 'xq', [4, 3, 3, 3], same3);
  add(quantizer('c', 'y', grid(2 ** -100, 128)));
  await expect(compile(graph('y'))).rejects.toThrow('layer "c": steps');
});

test('malformed graphs, released sessions and another backend are refused', async () => {
  const { graph, x } = small();
  const twice = { ...graph, nodes: [...graph.nodes, ...graph.nodes] };
  await expect(compile(twice)).rejects.toBeInstanceOf(RuntimeError);
  const session = await compile(graph);
  setBackend({ name: 'other', kernels: {}, zeros, upload: (value) => value });
  await expect(session.run({ x })).rejects.toThrow('another backend');
  setBackend(undefined);
  await session.release();
  await session.release();
  await expect(session.run({ x })).rejects.toThrow('released');
});

test('the profile counts runs and adds up times', async () => {
  const { graph, x } = small();
  let now = 0;
  const session = await compile(graph, { clock: () => now++ });
  expect(session.profile().every(({ runs }) => runs === 0)).toBe(true);
  for (let i = 0; i < 4; i++) await session.run({ x });
  const row = session.profile().find(({ kernel }) => kernel === 'integerConv2d');
  expect(row).toMatchObject({ layer: 'c', milliseconds: 1 });
  expect(row?.runs).toBeGreaterThanOrEqual(3);
});

test('outputs that are inputs or constants, and values that are read twice', async () => {
  const { add, constants, graph, input } = builder([2, 2]);
  constants.set('k', tensor([1, 2], [2]));
  add(
    node('identity', ['x'], 'same', {}),
    node('reshape', ['x'], 'flat', { shape: [4], allowZero: false }),
  );
  add(node('add', ['x', 'x'], 'twice', {}));
  const all = graph('x', 'k', 'same', 'flat', 'twice');
  const session = await compile(all);
  const x = input();
  for (let i = 0; i < 3; i++) {
    const results = await session.run({ x });
    expect(Object.keys(results)).toEqual(['x', 'k', 'same', 'flat', 'twice']);
    expect(toNumbers(results.flat as typeof x)).toEqual(toNumbers(x));
    expect(toNumbers(results.k as typeof x)).toEqual([1, 2]);
  }
  expect(x.storage.disposed).toBe(false);
});
