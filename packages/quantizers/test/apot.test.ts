import { random, randomNormal, tensor } from '@subbyte/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  apot,
  apotCodebook,
  apotQuantizer,
  apotThresholds,
  type Bits,
  encode,
  fakeQuantize,
  perChannel,
  perGroup,
  QuantizerError,
  uniform,
} from '../src/index.ts';

test('the worked vector: magnitudes 0, a quarter, a half and 1, threshold 2', () => {
  const q = apotQuantizer({ bits: 3 }, [2]);
  const x = tensor([-4, -1.2, -0.2, 0.4, 1.6, 3.5]);
  expect([...fakeQuantize(x, q).data]).toEqual([-2, -1, 0, 0.5, 2, 2]);
  expect([...encode(x, q).data]).toEqual([-3, -2, 0, 1, 3, 3]);
  expect(apotThresholds(q)).toEqual([2]);
});

test('unsigned levels of 2 bits clip below 0 and above the threshold', () => {
  const q = apotQuantizer({ bits: 2, signed: false }, [4]);
  const x = tensor([-3, 0.4, 0.6, 1.6, 2.9, 3.1, 9, Number.NaN]);
  expect([...fakeQuantize(x, q).data]).toEqual([0, 0, 1, 2, 2, 4, 4, 0]);
  expect(encode(x, q).dtype).toBe('uint8');
});

test('half-way between two levels, the smaller magnitude wins', () => {
  const q = apotQuantizer({ bits: 3 }, [4]);
  const x = tensor([0.5, 1.5, 3, -0.5, -1.5, -3]);
  expect([...fakeQuantize(x, q).data]).toEqual([0, 1, 2, 0, -1, -2]);
});

const kinds = fc.record({
  bits: fc.integer({ min: 2, max: 8 }) as fc.Arbitrary<Bits>,
  signed: fc.boolean(),
  termBits: fc.constantFrom(1, 2),
});

test('projection is idempotent, monotone, and off by at most half the gap around the value', () => {
  const inputs = fc.array(fc.float({ min: -3, max: 3, noNaN: true }), {
    minLength: 1,
    maxLength: 60,
  });
  const threshold = fc.float({ min: Math.fround(0.1), max: 5, noNaN: true });
  fc.assert(
    fc.property(kinds, inputs, threshold, (spec, list, alpha) => {
      const q = apotQuantizer(spec, [alpha]);
      const [scale = 0] = q.scale;
      const x = tensor(Float32Array.from(list).sort());
      const y = fakeQuantize(x, q).data as Float32Array;
      expect([...fakeQuantize(tensor(y), q).data]).toEqual([...y]);
      const levels = [...apotCodebook(q).levels].map((level) => Math.fround(level * scale));
      y.forEach((value, i) => {
        if (i > 0) expect(value).toBeGreaterThanOrEqual(y[i - 1] as number);
        const inside = Math.min(
          Math.max(x.data[i] as number, levels[0] as number),
          levels.at(-1) as number,
        );
        const above = levels.findIndex((level) => level >= inside);
        const [low, high] = [levels[Math.max(above - 1, 0)] as number, levels[above] as number];
        expect([low, high]).toContain(value);
        const slack = alpha * 1e-6;
        expect(Math.abs(value - inside)).toBeLessThanOrEqual((high - low) / 2 + slack);
      });
    }),
  );
});

test('k = 1 rounds as the uniform quantizer does, but for its ties', () => {
  const x = randomNormal([500], random(3));
  const q = apot({ bits: 4, termBits: 1, observer: 'minMax' }).fit(x);
  const u = uniform({ bits: 4, narrow: true, observer: 'minMax' }).fit(x);
  expect([...fakeQuantize(x, q).data]).toEqual([...fakeQuantize(x, { ...u, scale: q.scale }).data]);
});

test('minMax reaches the largest magnitude of each channel or group', () => {
  const x = tensor([0.5, -3, 1, 2, 0, 0, 0, 0], [2, 4]);
  const perRow = apot({ bits: 4, granularity: perChannel(0), observer: 'minMax' }).fit(x);
  expect(perRow.scaleShape).toEqual([2]);
  expect(apotThresholds(perRow)[0]).toBeCloseTo(3, 6);
  expect(perRow.scale[1]).toBe(1);
  const grouped = apot({ bits: 4, granularity: perGroup(1, 2), observer: 'minMax' }).fit(x);
  expect(grouped.scaleShape).toEqual([2, 2]);
  expect(apotThresholds(grouped)[1]).toBeCloseTo(2, 6);
  expect(fakeQuantize(x, grouped).data[3]).toBeCloseTo(2, 6);
  const positive = apot({ bits: 4, signed: false, observer: 'minMax' }).fit(x);
  expect(apotThresholds(positive)[0]).toBeCloseTo(2, 6);
});

test('values with long tails lose less than on uniform levels of the same width', () => {
  const x = tensor(
    (randomNormal([4096], random(5)).data as Float32Array).map((v) => v * Math.abs(v)),
  );
  const noise = (y: { data: ArrayLike<unknown> }) =>
    (x.data as Float32Array).reduce((sum, v, i) => sum + (v - (y.data[i] as number)) ** 2, 0);
  for (const bits of [3, 4, 5, 6] as const) {
    const levels = noise(fakeQuantize(x, apot({ bits, observer: 'minMax' }).fit(x)));
    const steps = noise(fakeQuantize(x, uniform({ bits, observer: 'minMax' }).fit(x)));
    expect(levels).toBeLessThan(steps);
  }
});

test('refuses options and thresholds that make no quantizer', () => {
  expect(() => apot({ bits: 9 as Bits })).toThrow(/9 bits/);
  expect(() => apot({ bits: 4, termBits: 5 })).toThrow(QuantizerError);
  expect(() => apot({ bits: 4, observer: 'entropy' as 'mse' })).toThrow(/expected minMax or mse/);
  expect(() => apotQuantizer({ bits: 4 }, [0])).toThrow(/threshold 0 at 0/);
  expect(() => apotQuantizer({ bits: 4 }, [1, Number.POSITIVE_INFINITY])).toThrow(QuantizerError);
  expect(() => apot({ bits: 4 }).fit(tensor([1, Number.NaN]))).toThrow(QuantizerError);
  expect(() => apot({ bits: 4 }).fit(tensor([], [0]))).toThrow(/no values/);
  const q = apot({ bits: 4, granularity: perChannel(0) }).fit(tensor([1, 2], [2, 1]));
  expect(() => fakeQuantize(tensor([1, 2, 3]), q)).toThrow(QuantizerError);
});
