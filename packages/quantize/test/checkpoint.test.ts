import { decodeSafetensors, encodeSafetensors } from '@subbyte/nn';
import { type Tensor, tensor, zeros } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import {
  type CheckpointStore,
  type ProgressEvent,
  type QuantizeConfig,
  QuantizeError,
  quantize,
} from '../src/index.ts';
import { images, network } from './network.ts';

// Plain TypeScript computes here: few and small.
const few = (): Tensor[] => images(8, 4);

/** A store in memory, with its files. */
function memory(): CheckpointStore & { readonly files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    read: async (name) => files.get(name)?.slice(),
    write: async (name, bytes) => {
      files.set(name, bytes.slice());
    },
  };
}

const config = (extra: Partial<QuantizeConfig> = {}): QuantizeConfig => ({
  weights: { bits: 3 },
  activations: { bits: 4 },
  firstLayer: { output: 4 },
  calibration: few(),
  reconstruction: { method: 'qdrop', iterations: 3, finishIterations: 2, batchSize: 4 },
  seed: 3,
  ...extra,
});
const run = (extra: Partial<QuantizeConfig> = {}) => quantize(network(), config(extra));
const constantsOf = ({ graph }: Awaited<ReturnType<typeof quantize>>) =>
  [...graph.constants].map(([name, { data }]) => [name, [...(data as Float32Array)]]);

test.each(['qdrop', 'brecq', 'adaround'] as const)(
  '%s: interrupted behind any unit and gone on with, the graph is the same',
  async (method) => {
    const reconstruction = { method, iterations: 3, finishIterations: 2, batchSize: 4 };
    const straight = await run({ reconstruction });
    const checkpoint = memory();
    let runs = 0;
    for (;;) {
      const controller = new AbortController();
      let units = 0;
      const stopping: CheckpointStore = {
        read: checkpoint.read,
        write: async (name, bytes) => {
          await checkpoint.write(name, bytes);
          // The first write of all says whose store it is.
          if (name !== 'job' && ++units === 1) controller.abort(new Error('stop'));
        },
      };
      try {
        const done = await run({ reconstruction, checkpoint: stopping, signal: controller.signal });
        expect(constantsOf(done)).toEqual(constantsOf(straight));
        expect(done.graph.nodes).toEqual(straight.graph.nodes);
        expect(done.report).toEqual(straight.report);
        break;
      } catch (error) {
        if ((error as Error).message !== 'stop') throw error;
        expect(++runs).toBeLessThan(12);
      }
    }
    expect(runs).toBe(straight.report.units.length);
    expect([...checkpoint.files.keys()]).toHaveLength(1 + runs);
  },
);

test('a store is refused for another model, other data and other settings', async () => {
  const checkpoint = memory();
  await run({ checkpoint });
  const kept = [...checkpoint.files];
  const changedImages = few().map((value: Tensor, i) => {
    const data = (value.data as Float32Array).slice();
    if (i === 0) data[5] = (data[5] as number) + 1e-6;
    return tensor(data, value.shape);
  });
  const refused: readonly [() => Promise<unknown>, string][] = [
    [() => run({ checkpoint, weights: { bits: 4 } }), 'weights.bits is 3, expected 4'],
    [() => run({ checkpoint, seed: 4 }), 'seed is 3, expected 4'],
    [
      () =>
        run({
          checkpoint,
          reconstruction: { method: 'qdrop', iterations: 4, finishIterations: 2, batchSize: 4 },
        }),
      'reconstruction.iterations is 3, expected 4',
    ],
    [() => run({ checkpoint, keepFloat: ['conv1'] }), 'keepFloat is [], expected ["conv1"]'],
    [() => run({ checkpoint, calibration: changedImages }), 'the calibration data differ'],
    [() => quantize(network(2), config({ checkpoint })), 'the model differs'],
  ];
  for (const [outcome, message] of refused) {
    const error: QuantizeError = await outcome().then(
      () => expect.fail(message),
      (cause) => cause,
    );
    expect(error).toBeInstanceOf(QuantizeError);
    expect(error.message).toContain(message);
  }
  expect([...checkpoint.files]).toEqual(kept);
});

test('damaged stores are refused', async () => {
  for (const damage of [
    Uint8Array.of(255, 254),
    new TextEncoder().encode('null'),
    new TextEncoder().encode('{"version":9}'),
  ]) {
    const checkpoint = memory();
    checkpoint.files.set('job', damage);
    await expect(run({ checkpoint })).rejects.toThrow(QuantizeError);
  }
  const checkpoint = memory();
  await run({ checkpoint });
  const [name = '', bytes] = [...checkpoint.files].find(([key]) => key !== 'job') ?? [];
  checkpoint.files.set(name, (bytes as Uint8Array).subarray(0, 100));
  await expect(run({ checkpoint })).rejects.toThrow(`checkpoint "${name}" is damaged`);
});

test('a unit in the place of another one is refused, and one with other shapes', async () => {
  const checkpoint = memory();
  await run({ checkpoint });
  const { files } = checkpoint;
  const [own, other] = ['joint.1', 'joint.2'].map((name) => files.get(name) as Uint8Array);
  files.set('joint.1', other as Uint8Array);
  await expect(run({ checkpoint })).rejects.toThrow(
    'checkpoint "joint.1" does not fit: it is of joint unit.2, expected joint unit.1',
  );
  const { tensors, metadata } = decodeSafetensors(own as Uint8Array);
  const changed = (name: string, value: Tensor | undefined, extra = {}): Uint8Array => {
    const all = new Map(tensors);
    if (value) all.set(name, value);
    return encodeSafetensors(Object.fromEntries(all), { ...metadata, ...extra });
  };
  const grids = JSON.parse(metadata.activations as string) as [string, { bits: number }][];
  const wider = grids.map(([name, grid]) => [name, { ...grid, bits: 5 }]);
  for (const [bytes, message] of [
    [changed('w2', zeros([8, 8, 1, 1])), '"w2" is float32 [8,8,1,1], expected float32 [8,8,3,3]'],
    [changed('w9', zeros([2])), '"w9" is no constant of the unit'],
    [changed('', undefined, { activations: JSON.stringify(wider) }), 'has 5 bits'],
  ] as const) {
    files.set('joint.1', bytes);
    await expect(run({ checkpoint })).rejects.toThrow(message);
    await expect(run({ checkpoint })).rejects.toThrow(QuantizeError);
  }
});

test('too few samples, and a checkpoint without reconstruction, are refused before any is made', async () => {
  const stages: string[] = [];
  const tooFew = run({
    reconstruction: { method: 'qdrop', batchSize: 4000 },
    onProgress: ({ stage }) => stages.push(stage),
  });
  await expect(tooFew).rejects.toThrow(/calibration has \d+ samples: .* one batch of 4000/);
  expect(stages).not.toContain('reconstruct');
  const idle = run({ reconstruction: undefined, checkpoint: memory() });
  await expect(idle).rejects.toThrow('checkpoint is given without reconstruction');
});

test('progress names the unit and its layers; the report has the learned grids', async () => {
  const events: ProgressEvent[] = [];
  const { report, graph } = await run({
    reconstruction: { method: 'qdrop', iterations: 60, finishIterations: 60, batchSize: 2 },
    onProgress: (event) => events.push(event),
  });
  const learning = events.filter(({ stage }) => stage === 'reconstruct');
  const passes = new Set(learning.map(({ unit }) => unit?.pass));
  expect([...passes]).toEqual(['joint', 'network']);
  // Done and share grow over all passes, from the first update of all to the last.
  const progress = learning.map(({ done, total, share = Number.NaN }) => [done / total, share]);
  expect(progress[0]).toEqual([0, 0]);
  expect(progress.at(-1)).toEqual([1, 1]);
  for (const at of [0, 1] as const) {
    const values = progress.map((pair) => pair[at] as number);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  }
  for (const { pass, name, layers } of report.units) {
    const own = learning.filter(({ unit }) => unit?.pass === pass && `unit.${unit.unit}` === name);
    expect(own.map(({ unit }) => unit?.iteration)).toEqual([0, 50, 60]);
    expect(own.map(({ loss }) => loss === undefined)).toEqual([true, false, false]);
    for (const { unit, loss = 0 } of own) {
      expect(unit?.layers).toEqual(layers);
      expect(loss).toBeGreaterThanOrEqual(0);
      expect(unit?.iterations).toBe(60);
    }
  }
  for (const { value, scale } of report.activations) {
    const node = graph.nodes.find(({ op, inputs }) => op === 'fakeQuantize' && inputs[0] === value);
    const attributes = node?.attributes as { quantizer: { scale: readonly number[] } } | undefined;
    expect(scale).toBe(attributes?.quantizer.scale[0]);
  }
  const nearest = await run({ reconstruction: undefined });
  const sqnr = (name: string, { layers } = report) =>
    layers.find((layer) => layer.name === name)?.weights?.sqnr ?? Number.NaN;
  // Learned weights lie farther from the float ones than the nearest codes, but not anywhere.
  expect(sqnr('conv2')).not.toBe(sqnr('conv2', nearest.report));
  expect(Math.abs(sqnr('conv2') - sqnr('conv2', nearest.report))).toBeLessThan(6);
});
