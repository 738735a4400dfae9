import { checkGraph, createExecutor, type Graph, type NodeOf, producersOf } from '@subbyte/graph';
import type { Bits, Quantizer } from '@subbyte/quantizers';
import { type Tensor, tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { compareGraphs, type QuantizeConfig, QuantizeError, quantize } from '../src/index.ts';
import { badImage, images, network } from './network.ts';

const w8a8 = (extra: Partial<QuantizeConfig> = {}): QuantizeConfig => ({
  weights: { bits: 8 },
  activations: { bits: 8 },
  calibration: images(),
  ...extra,
});

/** The quantizer that operand `index` of a node comes through. */
function operandGrid(graph: Graph, name: string, index = 0): Quantizer | undefined {
  const node = graph.nodes.find((other) => other.name === name);
  const producer = producersOf(graph).get(node?.inputs[index] ?? '');
  return producer?.op === 'fakeQuantize'
    ? (producer as NodeOf<'fakeQuantize'>).attributes.quantizer
    : undefined;
}

test('quantizers sit where engines can fuse them', async () => {
  const { graph } = await quantize(network(), w8a8());
  checkGraph(graph);
  expect(graph.inputs.map(({ name }) => name)).toEqual(['image']);
  expect(graph.outputs.map(({ name }) => name)).toEqual(['logits']);
  for (const layer of ['conv1', 'conv2', 'depthwise', 'classifier']) {
    expect(operandGrid(graph, layer, 0)).toMatchObject({ bits: 8, signed: false, scaleShape: [] });
    const axis = layer === 'classifier' ? 1 : 0;
    expect(operandGrid(graph, layer, 1)).toMatchObject({
      signed: true,
      granularity: { kind: 'perChannel', axis },
    });
  }
  // Both operands of the sum; the relu behind it is inside its grid.
  expect(operandGrid(graph, 'add', 0)).toMatchObject({ zeroPoint: [expect.any(Number)] });
  expect(operandGrid(graph, 'add', 0)).not.toMatchObject({ zeroPoint: [0] });
  expect(operandGrid(graph, 'add', 1)).toMatchObject({ zeroPoint: [0] });
  expect(graph.nodes.find(({ name }) => name === 'relu2')?.inputs).toEqual(['sum']);
  // Pooling and reshaping keep the grid of what they read.
  expect(operandGrid(graph, 'pool')).toEqual(operandGrid(graph, 'depthwise'));
  expect(operandGrid(graph, 'flat')).toEqual(operandGrid(graph, 'classifier'));
  // Hard swish has a grid on both sides.
  expect(operandGrid(graph, 'swish')).toBeDefined();
  expect(operandGrid(graph, 'mean')).toBeDefined();
});

test('eight bits are close, and every bit less costs', async () => {
  const float = network();
  const fresh = images(2, 16, 99);
  const sqnrs: number[] = [];
  for (const bits of [8, 6, 4, 2] as Bits[]) {
    const ends = { weights: bits, activations: bits };
    const { graph } = await quantize(float, {
      ...w8a8({ weights: { bits }, activations: { bits } }),
      firstLayer: ends,
      lastLayer: ends,
    });
    const { outputs } = await compareGraphs(float, graph, fresh);
    sqnrs.push(outputs[0]?.sqnr ?? 0);
  }
  expect(sqnrs[0]).toBeGreaterThan(30);
  expect(sqnrs).toEqual(sqnrs.toSorted((a, b) => b - a));
});

test('first and last layers, overrides and groups have the settings asked for', async () => {
  const { graph } = await quantize(network(), {
    weights: { bits: 3, granularity: 'perGroup', groupSize: 4 },
    activations: { bits: 5 },
    calibration: images(),
    lastLayer: { weights: 6 },
    overrides: {
      'depth*': { weights: { bits: 2, granularity: 'perTensor' }, activations: { bits: 7 } },
    },
  });
  const weights = (name: string) => operandGrid(graph, name, 1);
  expect(weights('conv1')).toMatchObject({ bits: 8 });
  expect(weights('conv2')).toMatchObject({
    bits: 3,
    granularity: { kind: 'perGroup', axis: 1, size: 4 },
    scaleShape: [8, 2, 3, 3],
  });
  expect(weights('depthwise')).toMatchObject({ bits: 2, scaleShape: [] });
  expect(weights('classifier')).toMatchObject({ bits: 6, scaleShape: [2, 5] });
  expect(operandGrid(graph, 'conv1')?.bits).toBe(8);
  // What the first layer gives has a width of its own.
  expect(operandGrid(graph, 'conv2')?.bits).toBe(8);
  expect(operandGrid(graph, 'depthwise')?.bits).toBe(7);
  expect(operandGrid(graph, 'classifier')?.bits).toBe(8);
});

test('weights of other schemes; first and last layer stay uniform', async () => {
  for (const scheme of ['apot', 'ternary'] as const) {
    const bits = scheme === 'ternary' ? 2 : 4;
    const { graph, report } = await quantize(network(), w8a8({ weights: { scheme, bits } }));
    checkGraph(graph);
    const weights = (name: string) => operandGrid(graph, name, 1);
    expect(weights('conv1')).toMatchObject({ scheme: 'uniform', bits: 8 });
    expect(weights('conv2')).toMatchObject({ scheme, bits, scaleShape: [8] });
    expect(weights('depthwise')).toMatchObject({ scheme, bits, scaleShape: [8] });
    expect(weights('classifier')).toMatchObject({ scheme: 'uniform', bits: 8 });
    expect(operandGrid(graph, 'conv2')).toMatchObject({ scheme: 'uniform', bits: 8 });
    expect(report.recipe.weights).toMatchObject({ scheme, bits });
    const [first, second] = report.layers.map(({ weights: grid }) => grid);
    expect([first?.scheme, second?.scheme]).toEqual(['uniform', scheme]);
    // 8 x 8 x 3 x 3 weights and 8 scales.
    expect(second?.bytes).toBe((scheme === 'ternary' ? Math.ceil(576 / 5) : 576 / 2) + 4 * 8);
    expect(second?.gridMax).toBe(-(second?.gridMin ?? 0));
    const metadata = JSON.parse(graph.metadata['subbyte.report'] ?? '');
    expect(metadata.layers[1]).toMatchObject({ weightScheme: scheme, weightBits: bits });
  }
});

test('ternary weights may have offsets; layers choose their own scheme, with its defaults', async () => {
  const { graph } = await quantize(network(), {
    weights: { scheme: 'ternary', bits: 2, symmetric: false, granularity: 'perTensor' },
    calibration: images(),
    overrides: {
      conv1: { weights: { scheme: 'apot', bits: 5 } },
      classifier: { weights: { scheme: 'ternary' } },
    },
  });
  expect(operandGrid(graph, 'conv1', 1)).toMatchObject({ scheme: 'apot', bits: 5 });
  expect(operandGrid(graph, 'classifier', 1)).toMatchObject({ scheme: 'ternary', bits: 2 });
  const conv2 = operandGrid(graph, 'conv2', 1);
  if (conv2?.scheme !== 'ternary') throw new Error('conv2 is ternary');
  expect(conv2.offset[0]).not.toBe(0);
});

test.each([
  [{ scheme: 'ternary', bits: 4 }, /weights.bits is 4: expected 2 with scheme ternary/],
  [{ scheme: 'ternary', bits: 2, observer: 'minMax' }, /weights.observer is minMax: expected mse/],
  [{ scheme: 'apot', bits: 4, observer: 'entropy' }, /observer is entropy: expected minMax or mse/],
  [{ scheme: 'apot', bits: 4, symmetric: false }, /weights.symmetric is false/],
  [{ scheme: 'octal', bits: 4 }, /weights.scheme is octal: expected uniform, apot, ternary/],
])('refuses weights %j', async (weights, message) => {
  const config = { weights } as unknown as QuantizeConfig;
  await expect(quantize(network(), config)).rejects.toThrow(QuantizeError);
  await expect(quantize(network(), config)).rejects.toThrow(message);
});

test('an override that its layer cannot have names the layer', async () => {
  const weights = { scheme: 'apot', symmetric: false } as const;
  const config = { weights: { bits: 4 }, overrides: { conv2: { weights } } } as const;
  await expect(quantize(network(), config)).rejects.toThrow(
    /layer "conv2": weights.symmetric is false: expected true with scheme apot/,
  );
});

test('layers are kept float by name and pattern, and the report says so', async () => {
  const { graph, report } = await quantize(network(), w8a8({ keepFloat: ['conv2', '*wise'] }));
  expect(operandGrid(graph, 'conv2', 1)).toBeUndefined();
  expect(operandGrid(graph, 'depthwise', 1)).toBeUndefined();
  expect(operandGrid(graph, 'conv1', 1)).toBeDefined();
  const kept = report.layers.filter(({ reason }) => reason?.includes('kept float'));
  expect(kept.map(({ name }) => name)).toEqual(['conv2', 'depthwise']);
  expect(report.totals.quantizedLayers).toBe(2);
});

test('weights alone need no data', async () => {
  const { graph, report } = await quantize(network(), { weights: { bits: 4 } });
  expect(graph.nodes.filter(({ op }) => op === 'fakeQuantize')).toHaveLength(4);
  expect(report.activations).toEqual([]);
  expect(report.layers[1]).toMatchObject({ name: 'conv2', weights: { bits: 4 } });
  expect(report.totals.outputSqnr).toBeUndefined();
  // 216 + 72 + 576 + 40 weights: two layers of 8 bits, two of 4; 29 scales; 21 biases.
  const bytes = 216 + 576 / 2 + 72 / 2 + 40 + 4 * 29 + 4 * 21;
  expect(report.totals.bytesAfter).toBe(bytes);
});

test('bias correction gives every channel its mean back', async () => {
  const means = async (config: QuantizeConfig): Promise<number> => {
    const { graph } = await quantize(network(), config);
    const outputs = (g: Graph): number[] => {
      const executor = createExecutor(g);
      const sums = new Array<number>(5).fill(0);
      for (const image of images()) {
        const { logits } = executor.run({ image }) as { logits: Tensor<'float32'> };
        logits.data.forEach((value, i) => {
          sums[i % 5] = (sums[i % 5] ?? 0) + value / 32;
        });
      }
      return sums;
    };
    const expected = outputs(network());
    return Math.max(...outputs(graph).map((mean, i) => Math.abs(mean - (expected[i] ?? 0))));
  };
  const low: QuantizeConfig = { weights: { bits: 3 }, calibration: images() };
  const without = await means({ ...low, biasCorrection: false });
  const corrected = await means({ ...low, biasCorrection: true });
  expect(without).toBeGreaterThan(0.01);
  expect(corrected).toBeLessThan(1e-4);
});

test('the report is plain data with a histogram and an SQNR for every layer', async () => {
  const { graph, report } = await quantize(network(), w8a8());
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  expect(report.layers.map(({ name }) => name)).toEqual([
    'conv1',
    'conv2',
    'depthwise',
    'classifier',
  ]);
  for (const { weights, input, outputSqnr, biasCorrection } of report.layers) {
    expect(weights?.sqnr).toBeGreaterThan(30);
    expect(weights?.histogram.counts.length).toBe(96);
    expect(input?.bits).toBe(8);
    expect(outputSqnr).toBeGreaterThan(25);
    expect(biasCorrection).toBeLessThan(0.1);
  }
  const counted = report.activations.map(({ histogram }) =>
    histogram.counts.reduce((a, b) => a + b, 0),
  );
  expect(counted[0]).toBe(32 * 3 * 8 * 8);
  expect(graph.metadata.author).toBe('test');
  expect(JSON.parse(graph.metadata['subbyte.recipe'] ?? '')).toEqual(report.recipe);
  expect(report.recipe).toMatchObject({ samples: 32, weights: { bits: 8, observer: 'minMax' } });
  const short = JSON.parse(graph.metadata['subbyte.report'] ?? '');
  expect(short.layers).toHaveLength(4);
});

test('same inputs, same bytes', async () => {
  const once = await quantize(network(), w8a8({ weights: { bits: 4 } }));
  const twice = await quantize(network(), w8a8({ weights: { bits: 4 } }));
  expect(JSON.stringify(twice.report)).toBe(JSON.stringify(once.report));
  expect(twice.graph.nodes).toEqual(once.graph.nodes);
  for (const [name, value] of once.graph.constants) {
    expect(twice.graph.constants.get(name)?.data).toEqual(value.data);
  }
});

test('samples limits what is taken, and cuts the last batch', async () => {
  let given = 0;
  async function* stream() {
    for (const image of images(10, 8)) {
      given++;
      yield { image };
    }
  }
  const { report } = await quantize(network(), w8a8({ calibration: stream(), samples: 20 }));
  expect(given).toBe(3);
  expect(report.recipe.samples).toBe(20);
  const [input] = report.activations;
  expect(input?.histogram.counts.reduce((a, b) => a + b, 0)).toBe(20 * 192);
});

test('every stage tells how far it is', async () => {
  const stages = new Map<string, number[]>();
  await quantize(
    network(),
    w8a8({
      onProgress: ({ stage, done, total }) => {
        expect(done).toBeLessThanOrEqual(Math.max(total, 1));
        stages.set(stage, [...(stages.get(stage) ?? []), done]);
      },
    }),
  );
  expect([...stages.keys()]).toEqual(['calibrate', 'weights', 'bias', 'measure']);
  expect(stages.get('calibrate')).toEqual([8, 16, 24, 32]);
  expect(stages.get('bias')).toEqual([1, 2, 3, 4]);
});

test.each(['calibrate', 'weights', 'bias', 'measure'])(
  'aborting in stage %s rejects with the reason',
  async (stage) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const config = w8a8({
      signal: controller.signal,
      onProgress: (event) => {
        if (event.stage === stage) controller.abort(reason);
      },
    });
    await expect(quantize(network(), config)).rejects.toBe(reason);
  },
);

test('an aborted signal stops before any data is touched', async () => {
  const calibration = {
    [Symbol.iterator]: () => {
      throw new Error('touched');
    },
  } as Iterable<Tensor>;
  const reason = new Error('never mind');
  const signal = AbortSignal.abort(reason);
  await expect(quantize(network(), w8a8({ calibration, signal }))).rejects.toBe(reason);
});

test.each<[string, Partial<QuantizeConfig>, RegExp]>([
  ['bits', { weights: { bits: 9 as Bits } }, /weights.bits is 9/],
  ['activation bits', { activations: { bits: 1 as Bits } }, /activations.bits is 1/],
  ['observer', { activations: { bits: 8, observer: 'no' as 'mse' } }, /observer "no"/],
  [
    'granularity',
    { weights: { bits: 4, granularity: 'row' as 'perTensor' } },
    /granularity is row/,
  ],
  ['group size', { weights: { bits: 4, groupSize: 0 } }, /groupSize is 0/],
  ['ends', { firstLayer: { weights: 1 as Bits } }, /firstLayer.weights is 1/],
  ['samples', { samples: 0 }, /samples is 0/],
  ['operations', { activationOps: ['softmax'] }, /activationOps has softmax/],
  ['names', { keepFloat: ['conv3'] }, /"conv3".*nearest are "conv1"/],
  ['patterns', { overrides: { 'x*': {} } }, /overrides "x\*"/],
  ['calibration', { calibration: undefined }, /calibration is missing/],
])('bad %s: a typed error before the data is touched', async (_, change, message) => {
  const calibration = {
    [Symbol.iterator]: () => {
      throw new Error('touched');
    },
  } as Iterable<Tensor>;
  const attempt = quantize(network(), w8a8({ calibration, ...change }));
  await expect(attempt).rejects.toThrow(QuantizeError);
  await expect(attempt).rejects.toThrow(message);
});

test.each<[string, QuantizeConfig['calibration'], RegExp]>([
  ['none', [], /no batches/],
  ['no samples', [tensor(new Float32Array(0), [0, 3, 8, 8])], /batch 0 has no samples/],
  [
    'wrong shape',
    [images()[0] as Tensor, tensor(new Float32Array(12), [1, 3, 2, 2])],
    /batch 1: .*\[1, 3, 2, 2\]/,
  ],
  ['wrong type', [tensor(new Int32Array(192), [1, 3, 8, 8], 'int32')], /batch 0: .*int32/],
  ['wrong name', [{ picture: images()[0] as Tensor }], /batch 0: .*"image"/],
  ['NaN', [badImage(Number.NaN)], /"image" has NaN at 7/],
  ['infinity', [badImage(Number.NEGATIVE_INFINITY)], /has -Infinity/],
])('bad calibration data (%s) is a typed error', async (_, calibration, message) => {
  const attempt = quantize(network(), w8a8({ calibration }));
  await expect(attempt).rejects.toThrow(QuantizeError);
  await expect(attempt).rejects.toThrow(message);
});

test('values that overflow inside the network are named', async () => {
  const attempt = quantize(network(), w8a8({ calibration: [badImage(3e38)] }));
  await expect(attempt).rejects.toThrow(QuantizeError);
  await expect(attempt).rejects.toThrow(/batch 0, ".+": value -?(Infinity|NaN)/);
});

test('graphs with quantizers or without layers are refused', async () => {
  const { graph } = await quantize(network(), { weights: { bits: 8 } });
  await expect(quantize(graph, { weights: { bits: 8 } })).rejects.toThrow(/quantizers already/);
  const config = { weights: { bits: 8 }, keepFloat: ['*'] } as const;
  await expect(quantize(network(), config)).rejects.toThrow(/no layer to quantize/);
});

test('weights that are not finite name their layer', async () => {
  const graph = network();
  const bad = new Map(graph.constants);
  bad.set('w2', tensor(new Float32Array(8 * 8 * 9).fill(Number.NaN), [8, 8, 3, 3]));
  await expect(quantize({ ...graph, constants: bad }, { weights: { bits: 4 } })).rejects.toThrow(
    /conv2d "conv2", weights "w2": value NaN/,
  );
});
