import { random, randomNormal, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { reference } from '../src/index.ts';

const plain = { transposeA: false, transposeB: false };

test('hand-computed products of matrices and vectors', () => {
  const a = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
  const b = tensor([1, 0, 0, 1, 1, 1], [3, 2]);
  expect(toNumbers(reference.matmul([a, b], plain))).toEqual([4, 5, 10, 11]);
  expect(
    toNumbers(
      reference.matmul([a, b, tensor([0.5, -20])], { ...plain, activation: { kind: 'relu' } }),
    ),
  ).toEqual([4.5, 0, 10.5, 0]);
  expect(toNumbers(reference.matmul([a, a], { transposeA: false, transposeB: true }))).toEqual([
    14, 32, 32, 77,
  ]);
  expect(toNumbers(reference.matmul([a, a], { transposeA: true, transposeB: false }))).toEqual([
    17, 22, 27, 22, 29, 36, 27, 36, 45,
  ]);
  const dot = reference.matmul([tensor([1, 2, 3]), tensor([4, 5, 6])], plain);
  expect([dot.shape, toNumbers(dot)]).toEqual([[], [32]]);
  expect(reference.matmul([tensor([1, 2, 3]), b], plain).shape).toEqual([2]);
  expect(reference.matmul([a, tensor([1, 1, 1])], plain).shape).toEqual([2]);
});

test('a batch is the products of its matrices', () => {
  const r = random(3);
  const a = randomNormal([2, 1, 3, 4], r);
  const b = randomNormal([5, 4, 2], r);
  const all = reference.matmul([a, b], plain);
  expect(all.shape).toEqual([2, 5, 3, 2]);
  for (let i = 0; i < 2; i++) {
    for (let j = 0; j < 5; j++) {
      const one = reference.matmul(
        [
          tensor(a.data.slice(i * 12, i * 12 + 12), [3, 4]),
          tensor(b.data.slice(j * 8, j * 8 + 8), [4, 2]),
        ],
        plain,
      );
      const start = (i * 5 + j) * 6;
      expect(toNumbers(all).slice(start, start + 6)).toEqual(toNumbers(one));
    }
  }
});

test('8-bit integers give int32', () => {
  const y = reference.matmul(
    [tensor([200, 100], [1, 2], 'uint8'), tensor([-100, 50], [2, 1], 'int8')],
    plain,
  );
  expect([y.dtype, ...toNumbers(y)]).toEqual(['int32', -15000]);
});

test('errors say what does not fit', () => {
  const a = tensor([1, 2, 3, 4], [2, 2]);
  expect(() => reference.matmul([a, tensor([1, 2, 3])], plain)).toThrow(
    'matmul: a [2, 2] has 2 columns, b [3] has 3 rows',
  );
  expect(() => reference.matmul([a, tensor([1, 2], [2], 'float64')], plain)).toThrow(
    'matmul: operand 1 is float64, expected float32',
  );
});
