import { tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { mirrored } from '../src/index.ts';

test('every row is turned round, and the pictures given stay', () => {
  const pictures = tensor(
    Float32Array.from({ length: 12 }, (_, i) => i),
    [1, 2, 2, 3],
  );
  const turned = mirrored(pictures);
  expect(turned.shape).toEqual([1, 2, 2, 3]);
  expect(toNumbers(turned)).toEqual([2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9]);
  expect(toNumbers(mirrored(turned))).toEqual(toNumbers(pictures));
  expect(toNumbers(pictures)).toEqual(Array.from({ length: 12 }, (_, i) => i));
});
