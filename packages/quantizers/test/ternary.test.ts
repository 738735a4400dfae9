import { tensor } from '@subbyte/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decode,
  encode,
  fakeQuantize,
  QuantizerError,
  ternary,
  ternaryQuantizer,
} from '../src/index.ts';

const values = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), {
  minLength: 1,
  maxLength: 40,
});
// Numbers with few digits: products and sums of them are exact in float32.
const eighths = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: min * 8, max: max * 8 }).map((n) => n / 8);
const coarse = fc.array(eighths(-8, 8), { minLength: 1, maxLength: 40 });

test('codes change strictly beyond β ± γ/2', () => {
  const q = ternaryQuantizer([{ scale: 2, offset: 0.5 }]);
  const x = tensor([-9, -0.51, -0.5, 0, 0.5, 1.5, 1.51, 9, Number.NaN]);
  expect([...encode(x, q).data]).toEqual([-1, -1, 0, 0, 0, 0, 1, 1, -1]);
  expect([...fakeQuantize(x, q).data]).toEqual([-1.5, -1.5, 0.5, 0.5, 0.5, 0.5, 2.5, 2.5, -1.5]);
});

test('values become β - γ, β or β + γ', () => {
  fc.assert(
    fc.property(values, eighths(1, 4), eighths(-4, 4), (list, scale, offset) => {
      const y = fakeQuantize(tensor(list), ternaryQuantizer([{ scale, offset }]));
      for (const value of y.data) expect([offset - scale, offset, offset + scale]).toContain(value);
    }),
  );
});

test('scaling values, β and γ scales the result', () => {
  fc.assert(
    fc.property(
      coarse,
      eighths(1, 4),
      eighths(-4, 4),
      fc.integer({ min: 1, max: 9 }),
      (list, scale, offset, k) => {
        const once = fakeQuantize(tensor(list), ternaryQuantizer([{ scale, offset }]));
        const scaled = ternaryQuantizer([{ scale: scale * k, offset: offset * k }]);
        const y = fakeQuantize(tensor(list.map((x) => x * k)), scaled);
        expect([...y.data]).toEqual([...once.data].map((x) => Number(x) * k));
      },
    ),
  );
});

test('a larger γ never makes fewer codes 0 when β is 0', () => {
  fc.assert(
    fc.property(values, eighths(1, 4), eighths(1, 4), (list, a, b) => {
      const zeros = (scale: number) =>
        [...encode(tensor(list), ternaryQuantizer([{ scale, offset: 0 }])).data].filter(
          (code) => code === 0,
        ).length;
      expect(zeros(Math.max(a, b))).toBeGreaterThanOrEqual(zeros(Math.min(a, b)));
    }),
  );
});

test('γ = 1 and β = 0 round to -1, 0 and 1; the result is γ t + β of the codes t', () => {
  const x = tensor([-3, -0.6, -0.5, 0.2, 0.5, 0.7]);
  const plain = ternaryQuantizer([{ scale: 1, offset: 0 }]);
  expect([...fakeQuantize(x, plain).data]).toEqual([-1, -1, 0, 0, 0, 1]);
  expect([...encode(x, plain).data]).toEqual([-1, -1, 0, 0, 0, 1]);
  const q = ternaryQuantizer([{ scale: 0.25, offset: -1 }]);
  expect([...decode(tensor([-1, 0, 1], [3], 'int8'), q).data]).toEqual([-1.25, -1, -0.75]);
  const swapped = fakeQuantize(tensor([3, 0.6, -0.2]), plain).data;
  expect([...swapped].map((v) => 0 - Number(v))).toEqual([
    ...fakeQuantize(tensor([-3, -0.6, 0.2]), plain).data,
  ]);
});

test('the rule of ternary weight networks: thresholds at 0.7 times the mean magnitude', () => {
  const [scale = 0] = ternary({ observer: 'twn' }).fit(tensor([1, -2, 0, 3])).scale;
  expect(scale / 2).toBeCloseTo(0.7 * 1.5, 6);
  expect(ternary({ observer: 'twn' }).fit(tensor([0, 0])).scale).toEqual([1]);
});

test('values that are ternary already are met exactly, their offset too', () => {
  const codes = [-1, 0, 1, 1, -1, 0, 0, 1];
  const plain = tensor(codes.map((t) => 0.75 * t));
  expect(ternary().fit(plain)).toMatchObject({ scale: [0.75], offset: [0] });
  const moved = tensor(codes.map((t) => 0.75 * t + 0.25));
  const q = ternary({ offset: true }).fit(moved);
  expect([...fakeQuantize(moved, q).data]).toEqual([...moved.data]);
  expect([...encode(moved, q).data]).toEqual(codes);
});

test('refuses options, codes and shapes that make no sense', () => {
  expect(() => ternary({ observer: 'minMax' as 'mse' })).toThrow(/expected mse or twn/);
  expect(() => ternary({ observer: 'twn', offset: true })).toThrow(QuantizerError);
  expect(() => ternary().fit(tensor([Number.POSITIVE_INFINITY]))).toThrow(QuantizerError);
  const q = ternaryQuantizer([{ scale: 1, offset: 0 }]);
  expect(() => decode(tensor([0, 2], [2], 'int8'), q)).toThrow(
    /code 2 at 1: expected a whole number from -1 to 1/,
  );
});
