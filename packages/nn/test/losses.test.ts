import { grad, valueAndGrad } from '@subbyte/autograd';
import { random, type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import {
  crossEntropy,
  hingeLoss,
  klDivergence,
  l1Loss,
  l2Loss,
  leastSquaresLoss,
  lpLoss,
  NnError,
} from '../src/index.ts';
import { noise } from './helpers.ts';

const f64 = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  tensor(values, shape, 'float64');
const value = (x: Tensor): number => toNumbers(x)[0] as number;
const softmax = (row: readonly number[]): number[] => {
  const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
  return row.map((x) => Math.exp(x) / total);
};

const rows = [
  [1, 2, -1],
  [0.5, -3, 4],
];
const logits = f64(rows.flat(), [2, 3]);
const targets = [1, 0];

test('cross-entropy is the mean surprise, with and without smoothing', () => {
  const expected = (smoothing: number): number =>
    rows.reduce((sum, row, i) => {
      const p = softmax(row);
      const spread = p.reduce((part, q) => part - Math.log(q) / 3, 0);
      const hit = -Math.log(p[targets[i] as number] as number);
      return sum + ((1 - smoothing) * hit + smoothing * spread) / 2;
    }, 0);
  for (const dtype of ['int32', 'int64'] as const) {
    const labels = tensor(targets, [2], dtype);
    expect(value(crossEntropy(logits, labels))).toBeCloseTo(expected(0), 12);
    expect(value(crossEntropy(logits, labels, { smoothing: 0.1 }))).toBeCloseTo(expected(0.1), 12);
  }
  const soft = f64([0, 1, 0, 1, 0, 0], [2, 3]);
  expect(value(crossEntropy(logits, soft, { smoothing: 0.1 }))).toBeCloseTo(expected(0.1), 12);
});

test('the gradient of cross-entropy is probability minus target', () => {
  const gradient = toNumbers(
    grad((x: Tensor) => crossEntropy(x, tensor(targets, [2], 'int32')))(logits),
  );
  const expected = rows.flatMap((row, i) =>
    softmax(row).map((p, k) => (p - (k === targets[i] ? 1 : 0)) / 2),
  );
  for (const [i, x] of gradient.entries()) expect(x).toBeCloseTo(expected[i] as number, 12);
});

test('divergence vanishes between equals, and only the student learns', () => {
  expect(value(klDivergence(logits, logits, { temperature: 3 }))).toBeCloseTo(0, 12);
  const teacher = noise([2, 3], random(1));
  const t = 2;
  const given = toNumbers(teacher);
  const expected = rows.reduce((sum, row, i) => {
    const p = softmax(given.slice(3 * i, 3 * i + 3).map((x) => x / t));
    const q = softmax(row.map((x) => x / t));
    return sum + p.reduce((part, x, k) => part + x * Math.log(x / (q[k] as number)), 0);
  }, 0);
  const both = valueAndGrad(([s, u]: readonly [Tensor, Tensor]) =>
    klDivergence(s, u, { temperature: t }),
  )([logits, teacher]);
  expect(value(both.value)).toBeCloseTo((expected * t * t) / 2, 12);
  expect(toNumbers(both.gradient[0]).some((x) => Math.abs(x) > 0.01)).toBe(true);
  expect(toNumbers(both.gradient[1])).toEqual([0, 0, 0, 0, 0, 0]);
});

test('distances are means over all elements', () => {
  const [a, b] = [f64([1, -2, 3]), f64([0, 2, 3])];
  expect(value(l1Loss(a, b))).toBeCloseTo(5 / 3, 12);
  expect(value(l2Loss(a, b))).toBeCloseTo(17 / 3, 12);
  expect(value(lpLoss(a, b, 2.4))).toBeCloseTo((1 + 4 ** 2.4) / 3, 12);
  // Equal elements have gradient 0, not NaN.
  expect(toNumbers(grad((x: Tensor) => lpLoss(x, b, 2.4))(a))[2]).toBe(0);
});

test('adversarial losses follow the papers', () => {
  const [real, fake] = [f64([2, 0.5]), f64([-3, 0.5])];
  expect(value(hingeLoss.discriminator(real, fake))).toBeCloseTo(0.25 + 0.75, 12);
  expect(value(hingeLoss.generator(fake))).toBeCloseTo(1.25, 12);
  expect(value(leastSquaresLoss.discriminator(real, fake))).toBeCloseTo(
    0.5 * ((1 + 0.25) / 2 + (9 + 0.25) / 2),
    12,
  );
  expect(value(leastSquaresLoss.generator(fake))).toBeCloseTo((16 + 0.25) / 4, 12);
});

test('labels and teachers of another shape are refused', () => {
  expect(() => crossEntropy(logits, tensor([1, 0, 1], [3], 'int32'))).toThrow(
    'labels are int32 [3], expected indices [2] or probabilities [2, 3]',
  );
  expect(() => crossEntropy(f64([1, 2]), tensor([1], [1], 'int32'))).toThrow(NnError);
  expect(() => klDivergence(logits, f64([1, 2, 3], [1, 3]))).toThrow('teacher has shape [1,3]');
});
