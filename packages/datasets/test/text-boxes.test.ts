import { tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { type Box, DatasetError, textBoxes } from '../src/index.ts';

const [height, width] = [64, 96];

/** A map of one picture that is `probability` inside each box and 0 elsewhere. */
function mapOf(...boxes: (Box & { probability: number })[]) {
  const values = new Float32Array(height * width);
  for (const { left, top, right, bottom, probability } of boxes) {
    for (let y = top; y < bottom; y++)
      values.fill(probability, y * width + left, y * width + right);
  }
  return tensor(values, [1, 1, height, width]);
}

const bar = { left: 20, top: 30, right: 60, bottom: 40, probability: 0.9 };

test('a bar of probability grows by area times ratio over perimeter on every side', () => {
  const margin = (40 * 10 * 1.5) / 100;
  const [[found] = []] = textBoxes(mapOf(bar));
  expect(found).toEqual({
    left: 20 - margin,
    top: 30 - margin,
    right: 60 + margin,
    bottom: 40 + margin,
    score: expect.closeTo(0.9, 6),
  });
  const [[kept] = []] = textBoxes(mapOf(bar), { unclipRatio: 0 });
  expect(kept).toMatchObject({ left: 20, top: 30, right: 60, bottom: 40 });
});

test('boxes are in pixels of the picture, inside it', () => {
  const [[found] = []] = textBoxes(mapOf(bar), { height: 2 * height, width: 3 * width });
  expect(found).toMatchObject({ left: 14 * 3, top: 24 * 2, right: 66 * 3, bottom: 46 * 2 });
  const corner = { left: 0, top: 0, right: 30, bottom: 10, probability: 1 };
  const [[first] = []] = textBoxes(mapOf(corner));
  expect(first).toMatchObject({ left: 0, top: 0 });
});

test('a whole map is one box, an empty one none', () => {
  const whole = { left: 0, top: 0, right: width, bottom: height };
  expect(textBoxes(mapOf({ ...whole, probability: 1 }))).toEqual([[{ ...whole, score: 1 }]]);
  expect(textBoxes(mapOf())).toEqual([[]]);
});

test('what is faint, unsure or tiny is dropped', () => {
  expect(textBoxes(mapOf({ ...bar, probability: 0.29 }))).toEqual([[]]);
  // Above the threshold of pixels, below that of boxes.
  expect(textBoxes(mapOf({ ...bar, probability: 0.5 }))).toEqual([[]]);
  expect(textBoxes(mapOf({ ...bar, probability: 0.5 }), { boxThreshold: 0.4 })[0]).toHaveLength(1);
  const dot = { left: 5, top: 5, right: 6, bottom: 6, probability: 1 };
  expect(textBoxes(mapOf(dot))).toEqual([[]]);
  expect(textBoxes(mapOf(dot), { smallestSide: 1 })[0]).toHaveLength(1);
  expect(textBoxes(mapOf({ ...bar, bottom: bar.top + 2 }))).toEqual([[]]);
});

test('the score is the mean over the box, holes included', () => {
  const hole = { left: 30, top: 33, right: 50, bottom: 37, probability: 0 };
  const [found = []] = textBoxes(mapOf({ ...bar, probability: 1 }, hole));
  expect(found[0]?.score).toBeCloseTo(1 - 80 / 400, 6);
});

test('each picture of a batch has its own boxes, from top to bottom', () => {
  const low = { left: 10, top: 50, right: 40, bottom: 56, probability: 1 };
  const values = new Float32Array(2 * height * width);
  values.set(mapOf(low, bar).data, height * width);
  const found = textBoxes(tensor(values, [2, 1, height, width]));
  expect(found.map((boxes) => boxes.length)).toEqual([0, 2]);
  expect(found[1]?.map(({ top }) => top)).toEqual([24, 46.25]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  '%d is refused',
  (broken) => {
    const values = new Float32Array(height * width);
    values[2 * width + 5] = broken;
    expect(() => textBoxes(tensor(values, [1, 1, height, width]))).toThrow(DatasetError);
    expect(() => textBoxes(tensor(values, [1, 1, height, width]))).toThrow(/row 2, column 5/);
  },
);

test.each([[[1, 2, 8, 8]], [[1, 8, 8]], [[1, 1, 0, 8]], [[1, 1, 8, 8, 1]]])(
  'a map of %j is refused',
  (shape) => {
    const size = shape.reduce((product, side) => product * side, 1);
    expect(() => textBoxes(tensor(new Float32Array(size), shape))).toThrow(DatasetError);
  },
);

test('integers are refused', () => {
  expect(() => textBoxes(tensor(new Int32Array(64), [1, 1, 8, 8]))).toThrow(/expected float/);
});
