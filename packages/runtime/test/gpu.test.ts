// Whole networks on a device, in every mode of gpu.js that works here, against the executor.
import { createExecutor, type Graph } from '@subbyte/graph';
import { type DeviceSource, setBackend } from '@subbyte/kernels';
import { gpu } from '@subbyte/kernels-gpu';
import { wasm } from '@subbyte/kernels-wasm';
import { random, randomNormal, type Shape, type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { compile, RuntimeError, type Session } from '../src/index.ts';
import { builder, grid, node, quantizer, same3 } from './support.ts';

const isPage = typeof document !== 'undefined';
const modes = !isPage
  ? (['cpu', 'webasm'] as const)
  : globalThis.crossOriginIsolated
    ? (['webasm'] as const)
    : (['webgpu', 'webgl2', 'cpu'] as const);

/** Runs `graph` twice on `session`; both runs must agree. */
async function runTwice(
  session: Session,
  inputs: Record<string, Tensor>,
): Promise<Record<string, Tensor>> {
  const first = await session.run(inputs);
  const second = await session.run(inputs);
  for (const [name, value] of Object.entries(first)) {
    expect(toNumbers(second[name] as Tensor)).toEqual(toNumbers(value));
  }
  return second;
}

/** Largest `|a - b| / max(1, |b|)`. */
function distance(actual: Tensor, expected: Tensor): number {
  expect(actual.shape).toEqual(expected.shape);
  const [a, e] = [toNumbers(actual), toNumbers(expected)];
  return a.reduce((most, value, i) => {
    const error = Math.abs(value - (e[i] as number)) / Math.max(1, Math.abs(e[i] as number));
    return Math.max(most, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
  }, 0);
}

const top = (x: Tensor): number =>
  toNumbers(x).reduce((best, v, i, all) => (v > (all[best] as number) ? i : best), 0);

const pool = { kernel: [2, 2], strides: [2, 2], dilations: [1, 1], padding: [0, 0, 0, 0] } as const;

/** A residual network whose layers have activations of `activations` and weights of `weights` bits. */
function quantized(activations: 2 | 8, weights: 2 | 4): { graph: Graph; x: Tensor } {
  const { add, constants, layer, graph, input } = builder([2, 6, 8, 8]);
  const bits = { bits: weights } as const;
  const on = (from: string, to: string, scale: number): void =>
    add(quantizer(from, to, grid(scale, 0, activations)));
  const step = activations === 2 ? 1 : 2 ** -5;
  on('x', 'xq', step);
  layer('conv2d', 'c', 'xq', [6, 6, 3, 3], { ...same3, activation: { kind: 'relu' } }, bits);
  on('c', 'cq', step);
  layer('conv2d', 'd', 'cq', [6, 1, 3, 3], { ...same3, groups: 6 }, bits);
  on('d', 'dq', step);
  add(node('add', ['dq', 'xq'], 's', {}));
  on('s', 'sq', step);
  add(
    node('maxPool2d', ['sq'], 'p', { ...pool, ceil: false }),
    node('flatten', ['p'], 'f', { axis: 1 }),
  );
  layer('matmul', 'm', 'f', [10, 96], { transposeA: false, transposeB: true }, bits);
  for (const [name, count] of [
    ['c', 6],
    ['d', 6],
    ['m', 10],
  ] as const) {
    // Multiples of every sum's step.
    const biases = Array.from({ length: count }, (_, o) => ((o * 5) % 7) - 3);
    constants.set(`${name}.b`, tensor(biases, [count]));
  }
  return { graph: graph('m'), x: input() };
}

/** What detectors and mobile networks are made of, in float32. */
function float(): { graph: Graph; x: Tensor } {
  const { add, constants, graph, input } = builder([1, 4, 8, 8]);
  const stream = random(5);
  const weight = (name: string, shape: Shape): string => {
    constants.set(name, randomNormal(shape, stream, 0, 0.3));
    return name;
  };
  const plain = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 } as const;
  add(
    node('conv2d', ['x', weight('w1', [8, 4, 3, 3]), weight('b1', [8])], 'a', {
      ...same3,
      strides: [2, 2],
      activation: { kind: 'hardSwish' },
    }),
    node('conv2d', ['a', weight('w2', [8, 1, 3, 3])], 'b', {
      ...same3,
      groups: 8,
      activation: { kind: 'clip', min: 0, max: 6 },
    }),
    node('reduceMean', ['b'], 'g', { axes: [2, 3], keepAxes: true }),
    node('conv2d', ['g', weight('w3', [8, 8, 1, 1])], 'h', {
      ...plain,
      activation: { kind: 'hardSigmoid', alpha: 0.2, beta: 0.5 },
    }),
    node('mul', ['b', 'h'], 'i', {}),
    node('resize', ['i'], 'u', {
      ...{ shape: [1, 8, 8, 8], scales: [1, 1, 2, 2], mode: 'linear', coordinates: 'half_pixel' },
      ...{ nearest: 'floor', cubicCoefficient: -0.75, excludeOutside: false },
    } as never),
    node('concat', ['u', 'x'], 'k', { axis: 1 }),
    node('averagePool2d', ['k'], 'p', { ...pool, ceil: false, countPadding: false }),
    node('transpose', ['p'], 't', { permutation: [0, 2, 3, 1] }),
    node('reshape', ['t'], 'r', { shape: [16, -1], allowZero: false }),
    node('matmul', ['r', weight('w4', [12, 5])], 'm', { transposeA: false, transposeB: false }),
    node('softmax', ['m'], 'y', { axis: 1 }),
    node('argMax', ['y'], 'best', { axis: 1, keepAxes: false, selectLast: false }),
  );
  const made = graph('y', 'best');
  const outputs = [
    made.outputs[0] as Graph['outputs'][0],
    { name: 'best', dtype: 'int64' as const },
  ];
  return { graph: { ...made, outputs }, x: input() };
}

/** Layers of 4-bit weights whose activations are in float32. */
function weightOnly(): Graph {
  const { add, layer, graph } = builder([2, 6, 9, 7]);
  const strided = { ...same3, strides: [2, 1], dilations: [1, 2], groups: 2 } as const;
  layer('conv2d', 'c', 'x', [12, 3, 3, 3], { ...strided, activation: { kind: 'silu' } });
  layer('conv2d', 'd', 'c', [12, 1, 3, 3], { ...same3, groups: 12 });
  add(node('reduceMean', ['d'], 'g', { axes: [2, 3], keepAxes: false }));
  const options = { axis: 1 };
  layer('matmul', 'y', 'g', [12, 5], { transposeA: false, transposeB: false }, options);
  return graph('y');
}

/** A source whose device notes the bytes that stay on it after each download. */
function watched(source: DeviceSource, live: number[]): DeviceSource {
  return {
    open: async () => {
      const device = await source.open();
      const start = device.liveBytes();
      const upload: typeof device.upload = (input) => {
        // A run begins: what is there, stays.
        live.push(device.liveBytes() - start);
        return device.upload(input);
      };
      return { ...device, upload };
    },
  };
}

for (const mode of modes) {
  test(`${mode}: networks of 4 and 2 bits give the executor's results, bit for bit`, async () => {
    for (const [activations, weights] of [
      [8, 4],
      [2, 2],
    ] as const) {
      const { graph, x } = quantized(activations, weights);
      const expected = createExecutor(graph).run({ x });
      const session = await compile(graph, { backend: gpu({ mode }), clock: () => 0 });
      expect([session.backend, session.fallbackReason]).toEqual([mode, undefined]);
      const { m } = await runTwice(session, { x });
      expect(toNumbers(m as Tensor)).toEqual(toNumbers(expected.m as Tensor));
      const rows = session.profile();
      expect(rows.filter(({ backend }) => backend !== mode)).toEqual([]);
      expect(rows.map(({ kernel }) => kernel)).toContain('integerConv2d');
      await session.release();
    }
  });

  test(`${mode}: weights of layers in float32 stay codes on the device`, async () => {
    const graph = weightOnly();
    const x = randomNormal([2, 6, 9, 7], random(8));
    const expected = createExecutor(graph).run({ x });
    const live: number[] = [];
    const session = await compile(graph, { backend: watched(gpu({ mode }), live), clock: () => 0 });
    const { y } = await runTwice(session, { x });
    expect(distance(y as Tensor, expected.y as Tensor)).toBeLessThan(1e-5);
    expect(session.profile().map(({ kernel, reason }) => [kernel, reason])).toContainEqual([
      'conv2d',
      'its input is on no grid of at most 8 bits',
    ]);
    // 4 bits: 6 weights a number, and a scale and a bias for each output.
    const words = (outputs: number, inputs: number): number =>
      outputs * (Math.ceil(inputs / 6) + 2);
    expect(live.at(-1)).toBe(4 * (words(12, 27) + words(12, 9) + words(5, 12)));
    await session.release();
  });

  test(`${mode}: a network in float32, with a layer that the device does not have`, async () => {
    const { graph, x } = float();
    const expected = createExecutor(graph).run({ x });
    const session = await compile(graph, { backend: gpu({ mode }), clock: () => 0 });
    const { y, best } = await runTwice(session, { x });
    expect(distance(y as Tensor, expected.y as Tensor)).toBeLessThan(1e-5);
    expect(best?.dtype).toBe('int64');
    expect(toNumbers(best as Tensor)).toEqual(toNumbers(expected.best as Tensor));
    const elsewhere = session.profile().filter(({ backend }) => backend !== mode);
    expect(elsewhere).toMatchObject([
      {
        layer: 'best',
        kernel: 'argMax',
        backend: 'reference',
        reason: 'argMax has no code for a GPU',
      },
    ]);
    await session.release();
  });
}

test('other batches, concurrent runs, errors, and the end of a session', async () => {
  const mode = modes[0];
  const { graph: fixed } = float();
  const graph = {
    ...fixed,
    inputs: [{ name: 'x', dtype: 'float32' as const, shape: [1, 4, 8, 8] }],
  };
  const session = await compile(graph, { backend: gpu({ mode }) });
  await expect(session.run({ x: tensor([1]) })).rejects.toThrow(RuntimeError);
  const inputs = [1, 2, 3].map((seed) => randomNormal([1, 4, 8, 8], random(seed)));
  const together = await Promise.all(inputs.map((x) => session.run({ x })));
  for (const [i, x] of inputs.entries()) {
    const expected = createExecutor(graph).run({ x });
    expect(distance(together[i]?.y as Tensor, expected.y as Tensor)).toBeLessThan(1e-5);
  }
  expect(() => session.profile()).toThrow('no clock');
  await session.release();
  await session.release();
  await expect(session.run({ x: inputs[0] as Tensor })).rejects.toThrow('released');
});

test('a layer that the device does not have runs on the backend in use', async () => {
  const { graph, x } = float();
  const backend = await wasm();
  setBackend(backend);
  try {
    const session = await compile(graph, { backend: gpu({ mode: modes[0] }), clock: () => 0 });
    await session.run({ x });
    const rows = session.profile().filter((row) => row.backend !== modes[0]);
    expect(rows.map((row) => [row.layer, row.backend])).toEqual([['best', backend.name]]);
    await session.release();
  } finally {
    setBackend(undefined);
    backend.close();
  }
});

test('without a device the backend in use computes, and the session says why', async () => {
  const { graph, x } = quantized(8, 4);
  const nothing = {
    open: async (): Promise<never> => {
      throw new Error('no GPU: all of them are busy');
    },
  };
  const session = await compile(graph, { backend: nothing });
  expect(session.backend).toBe('reference');
  expect(session.fallbackReason).toBe('no GPU: all of them are busy');
  const { m } = await session.run({ x });
  expect(top(m as Tensor)).toBe(top(createExecutor(graph).run({ x }).m as Tensor));
  await session.release();
  await expect(compile(graph, { backend: 'gpu' as never })).rejects.toThrow(
    'backend: expected a device',
  );
  if (isPage) return;
  const without = await compile(graph, { backend: gpu() });
  expect(without.fallbackReason).toContain('no navigator.gpu');
  await without.release();
});
