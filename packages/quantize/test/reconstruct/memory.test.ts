import { simplify } from '@subbyte/graph';
import { planReconstruction, reconstruct, resolveReconstruction } from '@subbyte/reconstruct';
import type { Tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import {
  type CacheMode,
  type CheckpointStore,
  compareGraphs,
  type QuantizeConfig,
  QuantizeError,
  quantize,
} from '../../src/index.ts';
import { images, network } from '../network.ts';

const few = (): Tensor[] => images(6, 4);
const learning = { method: 'qdrop', iterations: 6, finishIterations: 2, batchSize: 4 } as const;
const config = (extra: Partial<QuantizeConfig> = {}): QuantizeConfig => ({
  weights: { bits: 3 },
  activations: { bits: 4 },
  calibration: few(),
  seed: 3,
  reconstruction: { roundingRate: 5e-2, ...learning },
  ...extra,
});
const run = (extra: Partial<QuantizeConfig> = {}) => quantize(network(), config(extra));
type Run = Awaited<ReturnType<typeof run>>;
const constantsOf = ({ graph }: Run) =>
  [...graph.constants].map(([name, { data }]) => [name, [...(data as Float32Array)]]);
const modesOf = ({ report }: Run): CacheMode[] => report.units.map(({ cache }) => cache);

const float = simplify(network(), { activations: ['relu', 'clip'] });
const batches = few().map((image) => ({ image }));

/** The graph with quantizers, before anything is learned. */
const { graph: prepared } = await run({ reconstruction: undefined, biasCorrection: false });

/** How units are kept in at most `memory` bytes, pass by pass. */
function modesWith(memory: number, options = {}): CacheMode[] {
  const resolved = resolveReconstruction({ ...learning, ...options }, 4);
  const plan = planReconstruction(float, prepared, batches, resolved, memory);
  return plan.passes.flatMap(({ caches, learns }) =>
    caches.filter((_, i) => learns[i]).map(({ mode }) => mode),
  );
}

/** The least bytes that work, by what the error says. */
function leastMemory(options = {}): number {
  try {
    modesWith(1, options);
  } catch (error) {
    expect(error).toBeInstanceOf(QuantizeError);
    return Number(/least that works is (\d+)/.exec((error as Error).message)?.[1]);
  }
  return expect.fail('it fits into one byte');
}

const least = leastMemory();

/** Bounds from plenty down to the least, each with other modes than the one before. */
const bounds = [{ memory: 2e9, modes: modesWith(2e9) }];
for (let memory = 300_000; memory > least; memory = Math.floor(memory * 0.95)) {
  const modes = modesWith(memory);
  if (String(modes) !== String(bounds.at(-1)?.modes)) bounds.push({ memory, modes });
}

/** One bound for each mode of the second unit. */
const some = [...new Map(bounds.map((bound) => [bound.modes[1], bound])).values()];

test('what is kept gets smaller with the bound, in the order of what it costs', () => {
  expect(new Set(bounds[0]?.modes)).toEqual(new Set(['float32']));
  const order = ['float32', 'codes', 'float16', 'inputs', 'recomputed'];
  // The second unit: the first one has no inputs but the samples.
  const second = bounds.map(({ modes }) => order.indexOf(modes[1] as string));
  expect(second).toEqual(second.toSorted());
  expect(new Set(bounds.flatMap(({ modes }) => modes))).toEqual(new Set(order));
});

test('every bound holds', async () => {
  for (const { memory } of some) {
    for (const loss of ['meanSquare', 'fisherDiagonal'] as const) {
      const options = resolveReconstruction({ ...learning, iterations: 1, loss }, 4);
      const bound = loss === 'meanSquare' ? memory : 2 * memory;
      const plan = planReconstruction(float, prepared, batches, options, bound);
      const { cachePeak, units } = await reconstruct(float, prepared, plan, { seed: 1 });
      const planned = Math.max(...units.map(({ cacheBytes }) => cacheBytes));
      expect(planned).toBeLessThanOrEqual(bound);
      expect(cachePeak).toBeLessThanOrEqual(planned);
      expect(cachePeak).toBeGreaterThan(planned / 3);
    }
  }
});

test('codes and what is computed anew change nothing; halves next to nothing', async () => {
  const more = {
    weights: { bits: 2, symmetric: false, observer: 'mse' },
    reconstruction: { ...learning, roundingRate: 5e-2, iterations: 16, finishIterations: 4 },
  } as const;
  const plenty = await run(more);
  const sqnr = async ({ graph }: Run): Promise<number> =>
    (await compareGraphs(network(), graph, few())).outputs[0]?.sqnr ?? 0;
  const nearest = await sqnr(
    await run({ ...more, reconstruction: undefined, biasCorrection: false }),
  );
  for (const { memory, modes } of some.slice(1)) {
    const bounded = await run({ ...more, memory });
    expect(modesOf(bounded)).toEqual(modes);
    const hasHalves = modes.some((mode) => mode === 'float16' || mode === 'inputs');
    if (!hasHalves) expect(constantsOf(bounded), String(modes)).toEqual(constantsOf(plenty));
    expect(await sqnr(bounded), String(modes)).toBeGreaterThan(nearest);
    for (const { kept, lossBefore, lossAfter } of bounded.report.units) {
      expect(kept).toBe(lossAfter < lossBefore);
    }
  }
});

test('gone on with under a bound, the graph is the same', async () => {
  const memory = bounds.find(({ modes }) => modes.includes('inputs'))?.memory ?? 0;
  const reconstruction = { ...learning, iterations: 3, finishIterations: 1 };
  const straight = await run({ memory, reconstruction });
  const files = new Map<string, Uint8Array>();
  for (let tries = 0; ; tries++) {
    const controller = new AbortController();
    const checkpoint: CheckpointStore = {
      read: async (name) => files.get(name),
      write: async (name, bytes) => {
        files.set(name, bytes.slice());
        if (name !== 'job') controller.abort(new Error('stop'));
      },
    };
    const done = await run({ memory, reconstruction, checkpoint, signal: controller.signal }).catch(
      (error) => {
        if (error.message !== 'stop') throw error;
        return undefined;
      },
    );
    expect(tries).toBeLessThan(6);
    if (!done) continue;
    expect(constantsOf(done)).toEqual(constantsOf(straight));
    expect(done.report).toEqual(straight.report);
    break;
  }
  const checkpoint: CheckpointStore = {
    read: async (name) => files.get(name),
    write: async () => undefined,
  };
  await expect(run({ checkpoint, reconstruction, memory: memory + 1 })).rejects.toThrow(
    `memory is ${memory}, expected ${memory + 1}`,
  );
});

test('what does not fit is refused before anything is learned, with the least that does', async () => {
  const stages: string[] = [];
  const files: string[] = [];
  const checkpoint: CheckpointStore = {
    read: async () => undefined,
    write: async (name) => void files.push(name),
  };
  const refused = run({ memory: 999, checkpoint, onProgress: ({ stage }) => stages.push(stage) });
  const error: QuantizeError = await refused.then(
    () => expect.fail('it fits'),
    (cause) => cause,
  );
  expect(error).toBeInstanceOf(QuantizeError);
  const [, bytes, enough] =
    /^memory is 999: joint unit\.\d \(.*\) needs (\d+) bytes; the least that works is (\d+)/.exec(
      error.message,
    ) ?? [];
  expect(Number(bytes)).toBeGreaterThan(999);
  expect(Number(enough)).toBeGreaterThanOrEqual(Number(bytes));
  expect(stages).not.toContain('reconstruct');
  expect(files).toEqual([]);
  expect(modesWith(Number(enough))).toContain('recomputed');
  expect(() => modesWith(Number(enough) - 1)).toThrow(QuantizeError);
  await expect(run({ memory: 0.5 })).rejects.toThrow('memory is 0.5: expected a whole number');
});

test.each(['brecq', 'adaround'] as const)('%s too works in the least memory', async (method) => {
  const options = { ...learning, method, iterations: 2 };
  const plenty = await run({ reconstruction: options });
  const bounded = await run({ reconstruction: options, memory: leastMemory(options) });
  expect(modesOf(bounded)).toContain('recomputed');
  expect(bounded.report.units.length).toBe(plenty.report.units.length);
});
