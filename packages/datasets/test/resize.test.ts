import fc from 'fast-check';
import { expect, test } from 'vitest';
import { centerCrop, cover, DatasetError, type Image, resize } from '../src/index.ts';

const grey = (width: number, ...data: number[]): Image => ({
  width,
  height: data.length / width,
  channels: 1,
  data: Uint8Array.from(data),
});

test('bilinear doubles between the centres of pixels', () => {
  expect([...resize(grey(2, 0, 100), 4, 1).data]).toEqual([0, 25, 75, 100]);
});

test('area takes the mean of what it covers', () => {
  expect([...resize(grey(4, 0, 10, 20, 50), 2, 1, 'area').data]).toEqual([5, 35]);
  expect([...resize(grey(2, 0, 10, 20, 30), 1, 1, 'area').data]).toEqual([15]);
});

test('bilinear shrinks without skipping pixels', () => {
  // Weights of pixel 0: (3, 3, 1) / 7; of pixel 1: (1, 3, 3, 1) / 8 over pixels 1 to 4.
  expect([...resize(grey(8, 0, 0, 255, 0, 0, 255, 0, 0), 4, 1).data]).toEqual([36, 96, 96, 36]);
});

test('channels stay apart', () => {
  const image: Image = {
    width: 2,
    height: 1,
    channels: 3,
    data: Uint8Array.of(0, 50, 9, 8, 50, 0),
  };
  const { data } = resize(image, 1, 1, 'area');
  expect([...data]).toEqual([4, 50, 5]);
});

test('even images stay even and results stay within the range of the pixels', () => {
  const side = fc.integer({ min: 1, max: 20 });
  const property = fc.property(
    side,
    side,
    side,
    side,
    fc.uint8Array({ minLength: 400 }),
    (w, h, x, y, bytes) => {
      const data = bytes.subarray(0, w * h);
      for (const method of ['bilinear', 'area'] as const) {
        const resized = resize({ width: w, height: h, channels: 1, data }, x, y, method).data;
        expect(resized.length).toBe(x * y);
        expect(Math.min(...resized)).toBeGreaterThanOrEqual(Math.min(...data));
        expect(Math.max(...resized)).toBeLessThanOrEqual(Math.max(...data));
      }
    },
  );
  fc.assert(property, { numRuns: 50 });
});

test('the middle is cut out, at most all of it', () => {
  const image = grey(3, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  expect([...centerCrop(image, 1, 3).data]).toEqual([2, 5, 8]);
  expect(() => centerCrop(image, 4, 1)).toThrow(DatasetError);
  expect(() => resize(image, 0, 1)).toThrow(DatasetError);
});

test('cover keeps proportions', () => {
  const stripes = grey(4, 10, 20, 30, 40, 10, 20, 30, 40);
  const covered = cover(stripes, 2, 2);
  expect([covered.width, covered.height, ...covered.data]).toEqual([2, 2, 20, 30, 20, 30]);
});
