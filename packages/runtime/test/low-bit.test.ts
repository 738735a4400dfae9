// Networks of few bits on the kernels of kernels-wasm: every algorithm gives what the graph's executor gives, bit for bit.
import { createExecutor, type Graph } from '@subbyte/graph';
import { setBackend } from '@subbyte/kernels';
import { wasm } from '@subbyte/kernels-wasm';
import type { ApotQuantizer, Bits, TernaryQuantizer } from '@subbyte/quantizers';
import { type Tensor, tensor, toHeap, toNumbers } from '@subbyte/tensor';
import { afterAll, expect, test } from 'vitest';
import { compile, RuntimeError, type Session } from '../src/index.ts';
import { builder, grid, node, quantizer, same3 } from './support.ts';

afterAll(() => setBackend(undefined));

const backends = [await wasm(), await wasm({ relaxedDot: false }), await wasm({ threads: 3 })];

const ternary = (channels: number, scale: number, offset = 0): TernaryQuantizer => ({
  ...{ version: 1, scheme: 'ternary', bits: 2, scaleShape: channels > 1 ? [channels] : [] },
  granularity: channels > 1 ? { kind: 'perChannel', axis: 0 } : { kind: 'perTensor' },
  scale: Array.from({ length: channels }, (_, o) => scale * 2 ** (o % 2)),
  offset: Array.from({ length: channels }, (_, o) => offset * (1 - (o % 3))),
});

const apot = (channels: number, bits: Bits): ApotQuantizer => ({
  ...{ version: 1, scheme: 'apot', bits, signed: true, termBits: 2, scaleShape: [channels] },
  granularity: { kind: 'perChannel', axis: 0 },
  scale: Array.from({ length: channels }, (_, o) => 2 ** ((o % 2) - bits)),
});

/** A residual block, a layer in groups and a product, on activations and weights of one kind each. */
function network(
  activations: Bits | 'ternary' | 'moved',
  weights: Bits | 'ternary' | 'signs' | 'moved' | `apot${3 | 4 | 5 | 6 | 7}`,
): {
  readonly graph: Graph;
  readonly x: Tensor;
} {
  const { add, constants, layer, graph, input } = builder([2, 40, 7, 6]);
  const onGrid = (from: string, to: string, scale: number): void => {
    if (typeof activations !== 'number') {
      const of = ternary(1, scale, activations === 'moved' ? scale / 4 : 0);
      add(node('fakeQuantize', [from], to, { quantizer: of }));
    } else add(quantizer(from, to, grid(scale, 0, activations)));
  };
  const onFew = (name: string, count: number): void => {
    // Multiples of every sum's step.
    const biases = Array.from({ length: count }, (_, o) => (((o * 5) % 7) - 3) * 4);
    constants.set(`${name}.b`, tensor(biases, [count]));
    if (typeof weights === 'number') return;
    if (weights === 'signs') {
      const values = constants.get(`${name}.w`)?.data as Float32Array;
      values.forEach((value, i) => {
        values[i] = value < 0 ? -1 : 1;
      });
    }
    const of = weights.startsWith('apot')
      ? apot(count, Number(weights.slice(4)) as Bits)
      : ternary(count, weights === 'signs' ? 1 : 0.5, weights === 'moved' ? 0.125 : 0);
    // In place of the quantizer that the builder made.
    add(node('fakeQuantize', [`${name}.w`], `${name}.few`, { quantizer: of }));
  };
  const bits = typeof weights === 'number' ? weights : 2;
  onGrid('x', 'xq', 0.5);
  layer('conv2d', 'c', 'xq', [40, 40, 3, 3], same3, { bits });
  onFew('c', 40);
  add(node('relu', ['c'], 'r', {}));
  onGrid('r', 'rq', 2);
  layer('conv2d', 'd', 'rq', [40, 40, 3, 3], same3, { bits });
  onFew('d', 40);
  add(node('add', ['d', 'xq'], 's', {}));
  onGrid('s', 'sq', 1);
  layer('conv2d', 'e', 'sq', [8, 20, 3, 3], { ...same3, groups: 2, strides: [2, 2] }, { bits });
  onFew('e', 8);
  onGrid('e', 'eq', 1);
  add(node('flatten', ['eq'], 'f', { axis: 1 }));
  layer('matmul', 'm', 'f', [10, 96], { transposeA: false, transposeB: true }, { bits });
  onFew('m', 10);
  const made = graph('m');
  const nodes = made.nodes.map((one) =>
    typeof weights === 'number' || (one.op !== 'conv2d' && one.op !== 'matmul')
      ? one
      : { ...one, inputs: one.inputs.map((name) => name.replace(/\.q$/, '.few')) },
  );
  // Quantizers of weights come before the layers that read them.
  nodes.sort((a, b) => Number(b.name.endsWith('.few')) - Number(a.name.endsWith('.few')));
  return { graph: { ...made, nodes: nodes.filter(({ name }) => !unused(name)) }, x: input() };

  function unused(name: string): boolean {
    return typeof weights !== 'number' && name.endsWith('.q');
  }
}

async function expectRun(session: Session, x: Tensor, expected: Tensor): Promise<void> {
  for (let i = 0; i < 2; i++) {
    const { m } = await session.run({ x });
    expect(toNumbers(m as Tensor)).toEqual(toNumbers(expected));
  }
}

for (const [activations, weights, algorithms] of [
  [1, 'signs', ['binary', 'tables', 'pairs', 'dot', 'words']],
  [1, 2, ['binary', 'dot', 'words']],
  [2, 2, ['binary', 'tables', 'pairs', 'dot', 'words']],
  [3, 2, ['tables', 'pairs', 'dot']],
  [2, 3, ['tables', 'pairs', 'dot']],
  [2, 'ternary', ['binary', 'dot', 'words']],
  ['ternary', 'ternary', ['ternary', 'binary', 'dot', 'words']],
  ['moved', 'moved', ['ternary', 'binary', 'tables', 'pairs', 'dot', 'words']],
  ['moved', 'ternary', ['ternary', 'dot']],
  ['ternary', 'moved', ['ternary', 'dot']],
  [4, 'moved', ['tables', 'words']],
  ['ternary', 'signs', ['ternary', 'binary', 'dot', 'words']],
  [8, 2, ['tables', 'dot', 'words']],
  [2, 'apot3', ['dot', 'words']],
  [8, 'apot4', ['shifts', 'dot', 'words']],
  [8, 'apot5', ['shifts', 'dot']],
  [4, 'apot6', ['dot', 'words']],
] as const) {
  test(`activations ${activations}, weights ${weights}: every algorithm, every backend`, async () => {
    const { graph, x } = network(activations, weights);
    setBackend(undefined);
    const expected = createExecutor(graph).run({ x }).m as Tensor;
    // Not a network that has died.
    expect(new Set(toNumbers(expected)).size).toBeGreaterThan(3);
    for (const backend of backends) {
      setBackend(backend);
      const free = await compile(graph, { kernels: 'static' });
      // The matrix product may keep its weights packed, for which there is one kernel.
      const layers = free.kernels.map(({ layer }) => layer);
      expect(layers.slice(0, 3)).toEqual(['c', 'd', 'e']);
      await expectRun(free, x, expected);
      const names = algorithms.filter((name) => name !== 'dot' || backend !== backends[1]);
      for (const algorithm of names) {
        const kernels = Object.fromEntries(layers.map((name) => [name, algorithm]));
        const session = await compile(graph, { kernels });
        expect(session.kernels.every((choice) => choice.algorithm === algorithm)).toBe(true);
        await expectRun(session, x, expected);
        await session.release();
      }
      await free.release();
    }
  });
}

test('matrix products keep their weights packed unless their bits are expected to be faster', async () => {
  const hasChoice = async (activations: Bits, weights: Bits, at: number) => {
    setBackend(backends[at]);
    const session = await compile(network(activations, weights).graph);
    const found = session.kernels.some(({ layer }) => layer === 'm');
    await session.release();
    return found;
  };
  expect(await hasChoice(4, 2, 0)).toBe(false);
  expect(await hasChoice(4, 2, 1)).toBe(true);
  expect(await hasChoice(8, 2, 1)).toBe(false);
});

test('APoT levels beyond int8 stay in float32 and say so', async () => {
  const { graph, x } = network(8, 'apot7');
  setBackend(undefined);
  const expected = createExecutor(graph).run({ x }).m as Tensor;
  const session = await compile(graph, { clock: () => 0 });
  await expectRun(session, x, expected);
  const reason = session.profile().find(({ layer }) => layer === 'c')?.reason;
  expect(reason).toBe('its weights are apot levels up to 448');
});

test('algorithms are measured where there is a clock, once for layers that are alike', async () => {
  const { graph, x } = network(2, 2);
  const backend = await wasm();
  setBackend(backend);
  let now = 0;
  let calls = 0;
  const clock = (): number => {
    calls++;
    now += 0.001;
    return now;
  };
  const before = backend.liveBytes();
  const first = await compile(graph, { clock });
  for (const { algorithm, milliseconds } of first.kernels) {
    expect(Object.keys(milliseconds ?? {})).toContain(algorithm);
    const times = Object.values(milliseconds ?? {});
    expect(times.length).toBeGreaterThan(1);
    expect(times.every((time) => time > 0)).toBe(true);
  }
  const measured = calls;
  expect(measured).toBeGreaterThan(10);
  const second = await compile(graph, { clock });
  // The same table again, for nothing but a look at the clock.
  expect(calls - measured).toBeLessThan(3);
  expect(second.kernels).toEqual(first.kernels);
  await first.release();
  await second.release();
  expect(backend.liveBytes()).toBe(before);

  const told = await compile(graph, { clock, kernelBudget: 0, kernels: { c: 'words' } });
  expect(told.kernels[0]?.algorithm).toBe('words');
  const expected = createExecutor(graph).run({ x }).m as Tensor;
  await expectRun(told, x, toHeap(expected));
  await told.release();
});

test('nothing is measured without a clock, or when told so', async () => {
  const { graph } = network(2, 3);
  setBackend(await wasm());
  for (const options of [{}, { clock: () => 0, kernels: 'static' }] as const) {
    const session = await compile(graph, options);
    expect(session.kernels.every(({ milliseconds }) => milliseconds === undefined)).toBe(true);
    expect(session.kernels.every(({ algorithm }) => algorithm !== undefined)).toBe(true);
    await session.release();
  }
});

test('choices that there are not are refused', async () => {
  const { graph } = network(2, 2);
  setBackend(backends[0]);
  for (const options of [
    { kernels: { nowhere: 'dot' } },
    { kernels: { c: 'ternary' } },
    { kernels: { c: 'toString' } },
    { kernels: 'best' as 'static' },
    { kernelBudget: -1 },
    { kernelBudget: Number.NaN },
  ]) {
    await expect(compile(graph, options)).rejects.toThrow(RuntimeError);
  }
});
