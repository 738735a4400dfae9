import { unpackBytePlanes, unpackTrits } from '@subbyte/bitpack';
import { createExecutor, type Graph } from '@subbyte/graph';
import {
  apot,
  decode,
  encode,
  type Granularity,
  type LevelQuantizer,
  perChannel,
  perGroup,
  perTensor,
  ternary,
} from '@subbyte/quantizers';
import { random, randomNormal, type Tensor, tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { fromOnnx, OnnxError, type PackedWeight, toOnnx, toOnnxModel } from '../src/index.ts';
import { optimizedOps, runOnnx } from './export-engines.ts';
import { GraphBuilder, weightGraph } from './export-graphs.ts';

const granularities: readonly Granularity[] = [perTensor, perChannel(1), perGroup(1, 3)];

type Fit = (weight: Tensor, granularity: Granularity) => LevelQuantizer;

const apotFits = ([2, 3, 4, 5, 6, 7, 8] as const).map((bits): readonly [string, Fit] => [
  `APoT levels of ${bits} bits`,
  (weight, granularity) => apot({ bits, granularity }).fit(weight),
]);

const fits: readonly (readonly [string, Fit])[] = [
  ...apotFits,
  [
    'powers of two',
    (weight, granularity) => apot({ bits: 5, termBits: 4, granularity }).fit(weight),
  ],
  ['ternary codes', (weight, granularity) => ternary({ granularity }).fit(weight)],
  [
    'ternary codes with an offset',
    (weight, granularity) => ternary({ offset: true, granularity }).fit(weight),
  ],
];

const bitsOf = (data: Float32Array): Uint32Array =>
  new Uint32Array(data.buffer, data.byteOffset, data.length);

/** Not centred, so that offsets are not 0. */
function skewed(shape: readonly number[], seed: number): Tensor {
  const values = randomNormal(shape, random(seed)).data as Float32Array;
  return tensor(
    values.map((value) => Math.exp(value)),
    shape,
  );
}

test.each(fits)(
  '%s unpack to the decoded weight, bit for bit, in both engines',
  async (name, fit) => {
    const weight = name.includes('offset')
      ? skewed([5, 7, 3, 3], 3)
      : randomNormal([5, 7, 3, 3], random(3));
    for (const granularity of granularities) {
      const quantizer = fit(weight, granularity);
      const model = toOnnx(weightGraph(weight, quantizer), { form: 'packed' });
      const zero = randomNormal([], random(1), 0, 0);
      const decoded = decode(encode(weight, quantizer), quantizer).data as Float32Array;
      for (const engine of ['node', 'web'] as const) {
        const { y } = await runOnnx(engine, model, { zero });
        expect(bitsOf(y?.data as Float32Array)).toEqual(bitsOf(decoded));
      }
      const executor = createExecutor(fromOnnx(model));
      expect(executor.run({ zero }).y?.data).toEqual(decoded);
      executor.dispose();
    }
  },
);

test.each(fits)('the metadata of %s are enough to decode them', (_, fit) => {
  const weight = skewed([8, 9, 3, 3], 5);
  const quantizer = fit(weight, perChannel(0));
  const model = toOnnxModel(weightGraph(weight, quantizer), { form: 'packed' });
  const entry = model.metadataProps?.find(({ key }) => key === 'subbyte.packed.quantized');
  const packed = JSON.parse(entry?.value ?? '') as PackedWeight;
  if (packed.version !== 2) throw new Error('levels are version 2');
  const bytesOf = (name: string): Uint8Array =>
    model.graph?.initializer?.find((value) => value.name === name)?.rawData?.slice() ??
    new Uint8Array();
  const codes = packed.trits
    ? Uint8Array.from(unpackTrits(bytesOf(packed.trits), weight.size), (code) => code + 1)
    : unpackBytePlanes(
        (packed.planes ?? []).map((plane) => ({ ...plane, bytes: bytesOf(plane.initializer) })),
        weight.size,
      );
  const floats = (name: string | undefined): Float32Array | undefined =>
    name === undefined ? undefined : new Float32Array(bytesOf(name).buffer);
  const [scale, offset] = [floats(packed.scale), floats(packed.offset)];
  const inner = weight.size / 8;
  const decoded = Float32Array.from(codes, (code, i) => {
    const channel = Math.floor(i / inner);
    const value = Math.fround((packed.levels[code] as number) * (scale?.[channel] as number));
    return Math.fround(value + (offset?.[channel] ?? 0));
  });
  expect(decoded).toEqual(decode(encode(weight, quantizer), quantizer).data);
  expect(packed.scheme).toBe(quantizer.scheme);
});

test('ternary weights take a byte for five, and files share the table that unpacks them', () => {
  const sizeFor = (layers: number): number => {
    const g = new GraphBuilder();
    let x = 'x';
    for (let i = 0; i < layers; i++) {
      const weight = g.normal([40, 40, 3, 3]);
      const quantizer = ternary().fit(g.constants.get(weight) as Tensor);
      x = g.node('conv2d', [x, g.node('fakeQuantize', [weight], { quantizer })], conv);
    }
    return toOnnx(g.graph(['N', 40, 8, 8], x), { form: 'packed' }).length;
  };
  const each = sizeFor(3) - sizeFor(2);
  expect(each).toBeGreaterThanOrEqual((40 * 40 * 9) / 5);
  expect(each).toBeLessThan((40 * 40 * 9) / 5 + 1500);
});

const conv = {
  strides: [1, 1],
  dilations: [1, 1],
  padding: [1, 1, 1, 1],
  groups: 1,
  activation: undefined,
} as const;

/** A convolution with a weight of levels between quantized values. */
function convGraph(fit: Fit): Graph {
  const g = new GraphBuilder();
  const name = g.normal([6, 4, 3, 3], 0.3);
  const quantizer = fit(g.constants.get(name) as Tensor, perChannel(0));
  const weight = g.node('fakeQuantize', [name], { quantizer });
  const y = g.node('conv2d', [g.quantize('x'), weight, g.normal([6], 0.1, 'bias')], conv);
  return g.graph(['N', 4, 8, 8], g.quantize(y));
}

const integerFits = fits.filter(([name]) => !/[78] bits|powers|offset/.test(name));
const floatFits = fits.filter(([name]) => /[78] bits|powers|offset/.test(name));
const input = randomNormal([2, 4, 8, 8], random(8));

async function checkRuns(graph: Graph, model: Uint8Array): Promise<void> {
  const executor = createExecutor(graph);
  const [expected] = Object.values(executor.run({ x: input }));
  for (const engine of ['node', 'web'] as const) {
    const [result] = Object.values(await runOnnx(engine, model, { x: input }));
    result?.data.forEach((value, i) => {
      const difference = Math.abs(value - (expected?.data[i] as number));
      expect(difference).toBeLessThanOrEqual((8 / 255) * 1.001);
    });
  }
  executor.dispose();
}

for (const form of ['packed', 'qdq'] as const) {
  test.each(integerFits)(`${form}: %s that fit int8 run in integers`, async (_, fit) => {
    const graph = convGraph(fit);
    const model = toOnnx(graph, { form });
    const ops = await optimizedOps(model);
    expect(ops).toMatchObject({ QLinearConv: 1 });
    expect(ops).not.toHaveProperty('Gather');
    await checkRuns(graph, model);
  });

  test.each(floatFits)(`${form}: %s that do not run in float, unpacked once`, async (_, fit) => {
    const graph = convGraph(fit);
    const model = toOnnx(graph, { form });
    const ops = await optimizedOps(model);
    expect(ops).not.toHaveProperty('QLinearConv');
    expect(ops).not.toHaveProperty('Gather');
    await checkRuns(graph, model);
  });
}

test('the float form writes the levels themselves', async () => {
  const graph = convGraph(apotFits[2]?.[1] as Fit);
  await checkRuns(graph, toOnnx(graph, { form: 'float' }));
});

test('matrix products: turned weights keep their scales and offsets', async () => {
  const weight = skewed([12, 5], 11);
  for (const granularity of [perTensor, perChannel(1), perGroup(0, 4)]) {
    for (const fit of [fits[2]?.[1], fits.at(-1)?.[1]] as Fit[]) {
      const g = new GraphBuilder();
      const name = g.constant(weight, 'weight');
      const quantized = g.node('fakeQuantize', [name], { quantizer: fit(weight, granularity) });
      const y = g.node('matmul', ['x', quantized], { transposeA: false, transposeB: false });
      const graph = g.graph(['N', 12], y);
      const x = randomNormal([3, 12], random(2));
      const executor = createExecutor(graph);
      const expected = executor.run({ x })[y]?.data as Float32Array;
      for (const form of ['packed', 'qdq'] as const) {
        const result = (await runOnnx('node', toOnnx(graph, { form }), { x }))[y]?.data;
        expected.forEach((value, i) => {
          expect(result?.[i]).toBeCloseTo(value, 4);
        });
      }
      executor.dispose();
    }
  }
});

test('values computed at run time have no levels in ONNX', () => {
  for (const quantizer of [ternary().fit(input), apot({ bits: 4 }).fit(input)]) {
    const g = new GraphBuilder();
    const graph = g.graph(['N', 4, 8, 8], g.node('fakeQuantize', ['x'], { quantizer }));
    for (const form of ['packed', 'qdq', 'float'] as const) {
      expect(() => toOnnx(graph, { form })).toThrow(OnnxError);
      expect(() => toOnnx(graph, { form })).toThrow(/uniform grids in ONNX, not (apot|ternary)/);
    }
  }
});
