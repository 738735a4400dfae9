import { findBlocks, type Graph, simplify } from '@subbyte/graph';
import { fakeQuantize } from '@subbyte/quantizers';
import { unitsOf } from '@subbyte/reconstruct';
import { toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { compareGraphs, type QuantizeConfig, QuantizeError, quantize } from '../../src/index.ts';
import { images, network } from '../network.ts';

const config = (extra: Partial<QuantizeConfig> = {}): QuantizeConfig => ({
  weights: { bits: 3, symmetric: false },
  activations: { bits: 4 },
  calibration: images(),
  ...extra,
});

const learning = (
  method: 'adaround' | 'brecq' | 'qdrop',
  iterations = 60,
): Partial<QuantizeConfig> => ({
  reconstruction: { method, iterations, batchSize: 8, roundingRate: 3e-2, finishIterations: 200 },
});

const bytesOf = ({ constants, nodes }: Graph): string =>
  JSON.stringify([
    nodes.map(({ attributes }) => attributes),
    [...constants].map(([name, value]) => [name, toNumbers(value)]),
  ]);

const sqnrOf = async (graph: Graph): Promise<number> =>
  (await compareGraphs(network(), graph, images(2, 16, 99))).outputs[0]?.sqnr ?? 0;

test('units are blocks with their quantizers, or single layers; followers of a grid are not learned', async () => {
  const float = simplify(network(), { activations: ['relu', 'clip'] });
  const { graph } = await quantize(network(), config({ biasCorrection: false }));
  const blocks = unitsOf(graph, float, 'block');
  expect(blocks.map(({ layers }) => layers)).toEqual([
    ['conv1'],
    ['conv2'],
    ['depthwise', 'classifier'],
  ]);
  expect(findBlocks(float)).toHaveLength(blocks.length);
  const layers = unitsOf(graph, float, 'layer');
  expect(layers.map((unit) => unit.layers)).toEqual([
    ['conv1'],
    ['conv2'],
    ['depthwise'],
    ['classifier'],
  ]);
  const [whole] = unitsOf(graph, float, 'network');
  expect(whole?.weights.map(({ layer }) => layer)).toEqual([
    'conv1',
    'conv2',
    'depthwise',
    'classifier',
  ]);
  for (const units of [blocks, layers]) {
    const learned = units.flatMap(({ activations }) => activations.map(({ value }) => value));
    expect(learned).toEqual(whole?.activations.map(({ value }) => value));
    expect(new Set(learned).size).toBe(learned.length);
    // Max pooling moves elements: what it gives is on its operand's grid already.
    expect(learned).not.toContain('pooled');
  }
});

test.each(['adaround', 'brecq', 'qdrop'] as const)(
  '%s comes closer to the float network than nearest rounding',
  async (method) => {
    const twoBits: Partial<QuantizeConfig> = {
      weights: { bits: 2, symmetric: false, observer: 'mse' },
      calibration: images(16, 16),
      biasCorrection: false,
    };
    const nearest = await quantize(network(), config(twoBits));
    const learned = await quantize(network(), config({ ...twoBits, ...learning(method, 150) }));
    expect(await sqnrOf(learned.graph)).toBeGreaterThan(await sqnrOf(nearest.graph));
    expect(learned.report.units.length).toBeGreaterThan(2);
    for (const unit of learned.report.units) {
      expect(unit.kept).toBe(unit.lossAfter < unit.lossBefore);
      expect(unit.flips).toBeLessThan(unit.weights);
    }
    expect(learned.report.units.some(({ flips }) => flips > 0)).toBe(true);
  },
);

test('losses that look at the outputs learn something else, and better than nearest rounding', async () => {
  const results = new Set<string>();
  const firstLosses = new Set<number | undefined>();
  for (const extra of [
    {},
    { loss: 'fisherDiagonal' },
    { loss: 'fisherFull' },
    { predictionDifference: 1 },
  ] as const) {
    const { graph, report } = await quantize(
      network(),
      config({
        weights: { bits: 2, symmetric: false, observer: 'mse' },
        calibration: images(8, 16),
        reconstruction: {
          method: 'qdrop',
          iterations: 100,
          batchSize: 8,
          roundingRate: 3e-2,
          finishIterations: 100,
          ...extra,
        },
      }),
    );
    results.add(bytesOf(graph));
    firstLosses.add(report.units[0]?.lossBefore);
    expect(report.units.some(({ kept }) => kept)).toBe(true);
  }
  expect(results.size).toBe(4);
  // Units are judged by what they learn by; that of the prediction difference is the plain one.
  expect(firstLosses.size).toBe(3);
});

test('the same seed gives the same bytes, another one others', async () => {
  const run = async (seed: number): Promise<string> =>
    bytesOf((await quantize(network(), config({ ...learning('qdrop', 20), seed }))).graph);
  const first = await run(1);
  expect(await run(1)).toBe(first);
  expect(await run(2)).not.toBe(first);
});

test('weights lie on their grids afterwards, whatever was learned', async () => {
  const { graph } = await quantize(
    network(),
    config({
      reconstruction: {
        method: 'qdrop',
        iterations: 30,
        batchSize: 8,
        roundingRate: 3e-2,
        weightStepRate: 1e-2,
        biasRate: 1e-3,
        finishIterations: 10,
      },
    }),
  );
  let checked = 0;
  for (const node of graph.nodes) {
    const weight = graph.constants.get(node.inputs[0] ?? '');
    if (node.op !== 'fakeQuantize' || !weight) continue;
    expect(toNumbers(fakeQuantize(weight, node.attributes.quantizer))).toEqual(toNumbers(weight));
    checked++;
  }
  expect(checked).toBe(4);
});

test('a unit ends when its rounding is settled, and says after how many updates', async () => {
  const last = new Map<number, number>();
  const { report } = await quantize(
    network(),
    config({
      onProgress: ({ unit }) => unit && last.set(unit.unit, unit.iteration),
      reconstruction: {
        method: 'qdrop',
        iterations: 400,
        batchSize: 4,
        roundingRate: 0.3,
        penalty: 1,
        finishIterations: 0,
      },
    }),
  );
  const updates = report.units.map((unit) => unit.updates);
  expect(Math.max(...updates)).toBeLessThan(400);
  expect(Math.min(...updates)).toBeGreaterThan(0.2 * 400);
  // Nobody waits for the rest.
  expect([...last.values()]).toEqual(updates.map(() => 400));
});

test('options out of range are refused by name before any work', async () => {
  const attempt = (reconstruction: object): Promise<unknown> =>
    quantize(network(), config({ reconstruction: reconstruction as never }));
  await expect(attempt({ method: 'guess' })).rejects.toThrow(/method is guess: expected adaround/);
  await expect(attempt({ method: 'qdrop', iterations: 0 })).rejects.toThrow(/iterations is 0/);
  await expect(attempt({ method: 'qdrop', warmUp: 1 })).rejects.toThrow(/warmUp is 1/);
  await expect(
    quantize(network(), { weights: { bits: 3 }, reconstruction: { method: 'brecq' } }),
  ).rejects.toThrow(QuantizeError);
});
