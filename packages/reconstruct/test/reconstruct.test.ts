import { GraphError } from '@subbyte/graph';
import { fakeQuantize } from '@subbyte/quantizers';
import { toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import {
  type CheckpointStore,
  planReconstruction,
  QuantizeError,
  reconstruct,
  resolveReconstruction,
} from '../src/index.ts';
import { images, network, onGrids } from './network.ts';

const float = network();
const quantized = onGrids(float);
const options = resolveReconstruction(
  { method: 'qdrop', iterations: 60, finishIterations: 20, batchSize: 8, roundingRate: 5e-2 },
  3,
);
const plan = planReconstruction(float, quantized, [{ input: images(32, 4) }], options, 1e8);

test('a graph on grids of any origin is learned unit by unit; the graphs given stay as they are', async () => {
  const before = JSON.stringify(quantized.nodes);
  const { graph, units, cachePeak } = await reconstruct(float, quantized, plan, { seed: 1 });
  expect(units.map(({ pass }) => pass)).toEqual(['joint', 'joint', 'joint', 'network']);
  expect(units.some(({ kept, flips }) => kept && flips > 0)).toBe(true);
  for (const unit of units) expect(unit.kept).toBe(unit.lossAfter < unit.lossBefore);
  expect(cachePeak).toBeGreaterThan(0);
  expect(JSON.stringify(quantized.nodes)).toBe(before);
  let moved = 0;
  for (const node of graph.nodes) {
    const weight = graph.constants.get(node.inputs[0] ?? '');
    if (node.op !== 'fakeQuantize' || !weight) continue;
    expect(toNumbers(fakeQuantize(weight, node.attributes.quantizer))).toEqual(toNumbers(weight));
    if (weight !== quantized.constants.get(node.inputs[0] ?? '')) moved++;
  }
  expect(moved).toBe(4);
});

test('finished units come from the checkpoint, with the same result', async () => {
  const files = new Map<string, Uint8Array>();
  const checkpoint: CheckpointStore = {
    read: async (name) => files.get(name),
    write: async (name, bytes) => void files.set(name, bytes),
  };
  const first = await reconstruct(float, quantized, plan, { seed: 1, checkpoint });
  expect([...files.keys()]).toEqual(['joint.0', 'joint.1', 'joint.2', 'network.0']);
  const again = await reconstruct(float, quantized, plan, {
    seed: 1,
    checkpoint,
    onProgress: () => expect.fail('it learns again'),
  });
  expect(again.units).toEqual(first.units);
  expect(again.graph).toEqual(first.graph);
});

test('batches that do not fit the graph are refused, and none at all', () => {
  const planWith = (...batches: Parameters<typeof planReconstruction>[2]) =>
    planReconstruction(float, quantized, batches, options, 1e8);
  expect(() => planWith()).toThrow(QuantizeError);
  expect(() => planWith()).toThrow('batches are empty: expected at least one');
  expect(() => planWith({ picture: images(2, 4) })).toThrow(GraphError);
  expect(() => planWith({ picture: images(2, 4) })).toThrow('input "input" is missing');
});
