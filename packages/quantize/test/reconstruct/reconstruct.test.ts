import { add, mean, mul, square, valueAndGrad } from '@subbyte/autograd';
import { createExecutor, findBlocks, type Graph, simplify } from '@subbyte/graph';
import { fakeQuantize, type UniformQuantizer } from '@subbyte/quantizers';
import { flattenTree, type Tensor, type Tree, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { compareGraphs, type QuantizeConfig, QuantizeError, quantize } from '../../src/index.ts';
import { learnedUnit, type UnitVariables } from '../../src/reconstruct/learned-unit.ts';
import { roundingPenalty } from '../../src/reconstruct/soft-rounding.ts';
import { unitsOf } from '../../src/reconstruct/units.ts';
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

const everything = {
  rounding: true,
  codes: false,
  weightSteps: true,
  activationSteps: true,
  biases: true,
};

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

test('before it learns anything a unit computes with float weights inside their range', async () => {
  const float = simplify(network(), { activations: ['relu', 'clip'] });
  const { graph } = await quantize(network(), config({ biasCorrection: false }));
  for (const unit of unitsOf(graph, float, 'layer')) {
    const learned = learnedUnit(unit);
    const variables = learned.init(everything);
    for (const [i, slot] of unit.weights.entries()) {
      const weight = graph.constants.get(slot.constant) as Tensor;
      const far = (value: number): Tensor =>
        fakeQuantize(
          tensor(new Float32Array(weight.size).fill(value), weight.shape),
          slot.quantizer,
        );
      const [low, high] = [toNumbers(far(-1e9)), toNumbers(far(1e9))];
      const soft = toNumbers(learned.weight(variables, i));
      toNumbers(weight).forEach((value, k) => {
        const clamped = Math.min(Math.max(value, low[k] as number), high[k] as number);
        expect(soft[k]).toBeCloseTo(clamped, 5);
      });
    }
    // Rounded at once it is nearest rounding.
    const { constants, weights } = learned.harden(variables);
    for (const { constant, layer, quantizer } of unit.weights) {
      const nearest = fakeQuantize(graph.constants.get(constant) as Tensor, quantizer);
      expect(toNumbers(constants.get(constant) as Tensor)).toEqual(toNumbers(nearest));
      expect((weights.get(layer) as UniformQuantizer).scale).toEqual(quantizer.scale);
    }
    expect(learned.countFlips(variables).flips).toBe(0);
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
    expect(report.units.some(({ kept }) => kept)).toBe(true);
  }
  expect(results.size).toBe(4);
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

test('gradients of a unit agree with differences', async () => {
  const float = simplify(network(), { activations: ['relu', 'clip'] });
  const { graph: rounded } = await quantize(network(), config({ biasCorrection: false }));
  const graph = { ...rounded, constants: new Map([...rounded.constants, ...float.constants]) };
  const [, unit] = unitsOf(graph, float, 'layer');
  if (!unit) throw new Error('the network has fewer units than layers');
  const learned = learnedUnit(unit);
  const names = unit.inputs.map(({ quantized }) => quantized);
  const inputs = createExecutor(graph).run(
    { image: images(1, 2, 5)[0] as Tensor },
    { outputs: names },
  );
  const lossOf = (variables: Tree): Tensor => {
    // Without grids: straight-through gradients are none of the function itself.
    const noise = { probability: 0, seed: 0 };
    const { outputs, shares } = learned.apply(variables as UnitVariables, inputs, noise);
    const penalties = shares.map((share) => mul(roundingPenalty(share, 3), 0.05));
    const squares = unit.outputs.map(({ quantized }) => mean(square(outputs[quantized] as Tensor)));
    return [...squares, ...penalties].reduce((sum, part) => add(sum, part));
  };
  const variables = learned.init(everything);
  const { gradient } = valueAndGrad(lossOf)(variables as Tree);
  const slopes = new Map(flattenTree(gradient));
  let checked = 0;
  for (const [path, leaf] of flattenTree(variables)) {
    if (path.startsWith('activationSteps')) continue;
    const data = leaf.data as Float32Array;
    for (let i = 0; i < data.length; i += Math.ceil(data.length / 12)) {
      const value = data[i] as number;
      const at = (x: number): number => {
        data[i] = x;
        return toNumbers(lossOf(variables))[0] as number;
      };
      const difference = (at(value + 5e-3) - at(value - 5e-3)) / 1e-2;
      data[i] = value;
      const slope = toNumbers(slopes.get(path) as Tensor)[i] as number;
      expect(Math.abs(slope - difference), `${path}[${i}]: ${slope}, ${difference}`).toBeLessThan(
        1e-3 + 0.02 * Math.abs(difference),
      );
      checked++;
    }
  }
  expect(checked).toBeGreaterThan(20);
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
