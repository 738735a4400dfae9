import { random, randomNormal, tensor } from '@subbyte/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addToHistogram,
  createObserver,
  newHistogram,
  QuantizerError,
  rangeMethods,
  summarizeHistogram,
  uniform,
} from '../src/index.ts';

const affine = { bits: 8, symmetric: false } as const;

test('a histogram does not depend on how the values came', () => {
  const number = fc.float({ noNaN: true, noDefaultInfinity: true });
  const batches = fc.array(fc.array(fc.oneof(number, fc.constant(0)), { maxLength: 20 }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(batches, (lists) => {
      const [together, apart, backwards] = [newHistogram(64), newHistogram(64), newHistogram(64)];
      addToHistogram(together, tensor(lists.flat()));
      for (const list of lists) addToHistogram(apart, tensor(list));
      for (const list of lists.toReversed()) addToHistogram(backwards, tensor(list.toReversed()));
      for (const other of [apart, backwards]) {
        for (const key of ['exponent', 'first', 'zeros', 'total', 'min', 'max'] as const) {
          expect(other[key]).toBe(together[key]);
        }
        expect(other.counts).toEqual(together.counts);
      }
      const counted = together.counts.reduce((a, b) => a + b, together.zeros);
      expect(counted).toBe(lists.flat().length);
      const { min, max, capacity, exponent } = together;
      const range = Math.max(max, 0) - Math.min(min, 0);
      if (range > 0) expect(2 ** exponent).toBeLessThanOrEqual((2 * range) / (capacity - 2));
    }),
  );
});

test.each(rangeMethods)(
  '%s: a stream gives the grid of the whole, to within the bins',
  (method) => {
    const stream = random(5);
    const batches = Array.from({ length: 8 }, (_, i) =>
      randomNormal([2000], stream, 0.3, 1 + i / 9),
    );
    const observer = createObserver(method);
    for (const batch of batches) observer.observe(batch);
    const whole = tensor(Float32Array.from(batches.flatMap((batch) => [...batch.data])));
    const streamed = observer.finish(affine);
    const fitted = uniform({ ...affine, observer: method }).fit(whole);
    const tolerance = { minMax: 0, percentile: 0.005, entropy: 0.1, mse: 0.03 }[method];
    const ratio = Math.log((streamed.scale[0] as number) / (fitted.scale[0] as number));
    expect(Math.abs(ratio)).toBeLessThanOrEqual(tolerance);
  },
);

test('min-max ranges contain 0 and end at the extremes', () => {
  const observer = createObserver('minMax');
  observer.observe(tensor([2, 5.1]));
  expect(observer.finish(affine)).toMatchObject({
    scale: [Math.fround(Math.fround(5.1) / 255)],
    zeroPoint: [0],
  });
  observer.observe(tensor([-5.1]));
  expect(observer.finish(affine).zeroPoint).toEqual([128]);
});

test('percentile cuts an outlier, of one-sided values only at the far end', () => {
  const values = Float32Array.from({ length: 10_000 }, (_, i) => i / 10_000);
  values[77] = 1000;
  const observer = createObserver({ kind: 'percentile', percentile: 99.9 });
  observer.observe(tensor(values));
  const { scale, zeroPoint } = observer.finish(affine);
  expect(zeroPoint).toEqual([0]);
  // One bin of 4096 over [0, 1000] is at most 0.5 wide.
  expect((scale[0] as number) * 255).toBeLessThan(1.5);
  expect((scale[0] as number) * 255).toBeGreaterThan(0.5);
});

test('entropy clips far outliers and keeps a uniform range whole', () => {
  const flat = createObserver('entropy');
  flat.observe(tensor(Float32Array.from({ length: 100_000 }, (_, i) => i / 100_000)));
  expect((flat.finish(affine).scale[0] as number) * 255).toBeGreaterThan(0.97);

  const spiky = createObserver('entropy');
  const stream = random(9);
  const values = randomNormal([100_000], stream).data.map((x) => Math.max(0, x));
  values[5] = 60;
  spiky.observe(tensor(values));
  const reach = (spiky.finish(affine).scale[0] as number) * 255;
  expect(reach).toBeGreaterThan(2);
  expect(reach).toBeLessThan(15);
});

test('entropy of a lopsided range cuts the long side and keeps the short one', () => {
  const observer = createObserver('entropy');
  const stream = random(2);
  const values = randomNormal([100_000], stream).data.map((x) => {
    const y = x * 3;
    return (y * Math.min(Math.max(y + 3, 0), 6)) / 6;
  });
  values[9] = 300;
  observer.observe(tensor(values));
  const { scale, zeroPoint } = observer.finish(affine);
  const low = -(zeroPoint[0] as number) * (scale[0] as number);
  const high = (255 - (zeroPoint[0] as number)) * (scale[0] as number);
  expect(low).toBeLessThan(-0.33);
  expect(low).toBeGreaterThan(-0.5);
  expect(high).toBeLessThan(80);
  expect(high).toBeGreaterThan(5);
});

test('nothing seen, NaN and infinities are typed errors', () => {
  const observer = createObserver('mse');
  expect(() => observer.finish(affine)).toThrow(QuantizerError);
  expect(() => observer.observe(tensor([1, Number.NaN]))).toThrow(/NaN at 1/);
  expect(() => observer.observe(tensor([Number.NEGATIVE_INFINITY]))).toThrow(QuantizerError);
  expect(observer.histogram.total).toBe(0);
  expect(() => createObserver('mse', 3)).toThrow(/3 bins/);
});

test('the summary counts every value once', () => {
  const histogram = newHistogram();
  addToHistogram(histogram, tensor([-1, 0, 0, 1, 3]));
  expect(summarizeHistogram(histogram, 4)).toEqual({ min: -1, max: 3, counts: [1, 2, 1, 1] });
});
