import { random, randomNormal, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import {
  type Bits,
  fakeQuantize,
  perChannel,
  perGroup,
  perTensor,
  QuantizerError,
  type UniformQuantizer,
  uniform,
} from '../src/index.ts';

const paper = [-1, -0.5, -0.1, 0, 0.2, 0.4, 0.9, 2];

test('the worked fake-quantizer vector', () => {
  const q: UniformQuantizer = {
    version: 1,
    scheme: 'uniform',
    bits: 3,
    signed: false,
    narrow: false,
    granularity: perTensor,
    scaleShape: [],
    scale: [0.5],
    zeroPoint: [2],
  };
  expect(toNumbers(fakeQuantize(tensor([-2, -0.3, 0.1, 0.9, 5]), q))).toEqual([
    -1, -0.5, 0, 1, 2.5,
  ]);
});

test.each([
  [2, 0.89, 1],
  [3, 0.42, 2],
  [4, 0.194, 5],
] as const)('the worked range search of BRECQ at %i bits', (bits, scale, zeroPoint) => {
  const fitter = uniform({
    bits,
    symmetric: false,
    observer: { kind: 'mse', search: 'shrink', power: 2.4 },
  });
  const q = fitter.fit(tensor(paper));
  expect(q.scale).toEqual([Math.fround(scale)]);
  expect(q.zeroPoint).toEqual([zeroPoint]);
});

test('defaults: symmetric, signed, per tensor', () => {
  const q = uniform({ bits: 4, observer: 'minMax' }).fit(tensor([-8, 3.5, 7]));
  expect(q).toEqual({
    version: 1,
    scheme: 'uniform',
    bits: 4,
    signed: true,
    narrow: false,
    granularity: perTensor,
    scaleShape: [],
    scale: [1],
    zeroPoint: [0],
  });
});

test('every granularity has the scales its groups need', () => {
  const weights = tensor([1, 2, 3, 4, 5, 6, 7, 14, 21, 28, 35, 42], [2, 3, 2]);
  const fit = (granularity: UniformQuantizer['granularity']) =>
    uniform({ bits: 4, observer: 'minMax', granularity }).fit(weights);
  const by = (values: number[]) => values.map((value) => Math.fround(value / 7));
  expect(fit(perTensor)).toMatchObject({ scaleShape: [], scale: by([42]) });
  expect(fit(perChannel(0))).toMatchObject({ scaleShape: [2], scale: by([6, 42]) });
  expect(fit(perChannel(-1))).toMatchObject({
    granularity: { kind: 'perChannel', axis: 2 },
    scaleShape: [2],
    scale: by([35, 42]),
  });
  expect(fit(perGroup(1, 2))).toMatchObject({
    scaleShape: [2, 2, 2],
    scale: by([3, 4, 5, 6, 21, 28, 35, 42]),
  });
});

test('less error than min-max, at every width and granularity', () => {
  const weights = randomNormal([8, 64], random(1));
  const loss = (q: UniformQuantizer): number => {
    const x = weights.data;
    return toNumbers(fakeQuantize(weights, q)).reduce(
      (sum, y, i) => sum + Math.abs(y - (x[i] as number)) ** 2.4,
      0,
    );
  };
  for (const bits of [2, 3, 4, 5, 6, 7, 8] as Bits[]) {
    for (const granularity of [perTensor, perChannel(0), perGroup(1, 16)]) {
      const options = { bits, granularity };
      const mse = loss(uniform({ ...options, observer: 'mse' }).fit(weights));
      const minMax = loss(uniform({ ...options, observer: 'minMax' }).fit(weights));
      expect(mse).toBeLessThanOrEqual(minMax);
      if (bits <= 4 && granularity.kind !== 'perGroup') expect(mse).toBeLessThan(0.9 * minMax);
    }
  }
});

test('large tensors are searched through a histogram, with the same result to within a step', () => {
  const options = { bits: 4, symmetric: false } as const;
  const stream = random(7);
  const sample = randomNormal([16_384], stream);
  const twice = tensor(Float32Array.from([...sample.data, ...sample.data]));
  const exact = uniform(options).fit(sample);
  const binned = uniform(options).fit(twice);
  expect(Math.abs(Math.log((binned.scale[0] ?? 0) / (exact.scale[0] ?? 0)))).toBeLessThan(0.02);
  expect(Math.abs((binned.zeroPoint[0] ?? 99) - (exact.zeroPoint[0] ?? 0))).toBeLessThanOrEqual(1);
});

test('bad options and tensors are typed errors', () => {
  expect(() => uniform({ bits: 9 as Bits })).toThrow(QuantizerError);
  expect(() => uniform({ bits: 2.5 as Bits })).toThrow(/2.5 bits/);
  expect(() => uniform({ bits: 8, symmetric: true, signed: false })).toThrow(/symmetric/);
  expect(() => uniform({ bits: 8, observer: 'magic' as 'mse' })).toThrow(/one of minMax/);
  expect(() => uniform({ bits: 8, observer: { kind: 'percentile', percentile: 30 } })).toThrow(
    QuantizerError,
  );
  expect(() => uniform({ bits: 8, granularity: perGroup(0, 0) }).fit(tensor([1]))).toThrow(
    QuantizerError,
  );
  const fit = (values: number[], shape?: number[]) =>
    uniform({ bits: 8 }).fit(tensor(values, shape));
  expect(() => fit([1, Number.NaN])).toThrow(/NaN at 1/);
  expect(() => fit([Number.POSITIVE_INFINITY])).toThrow(QuantizerError);
  expect(() => fit([])).toThrow(QuantizerError);
  expect(() => uniform({ bits: 8 }).fit(tensor([1], [1], 'int32'))).toThrow(/float32/);
  const q = uniform({ bits: 8, granularity: perChannel(0) }).fit(tensor([1, 2], [2, 1]));
  expect(() => fakeQuantize(tensor([1, 2, 3], [3, 1]), q)).toThrow(/expected \[3\]/);
});
