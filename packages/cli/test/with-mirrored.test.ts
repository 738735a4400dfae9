import { tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { hasPhotographs } from '../src/sources/index.ts';
import type { Batch } from '../src/sources/source.ts';
import { withMirrored } from '../src/sources/with-mirrored.ts';

test('behind each batch comes its mirror image, with the same labels', async () => {
  const batches: Batch[] = [1, 2].map((first) => ({
    input: tensor(Float32Array.of(first, 10, 20), [1, 1, 1, 3]),
    indices: Uint32Array.of(first),
    labels: Int32Array.of(first + 5),
  }));
  const source = withMirrored({ count: 2, truth: 'labels', batches: () => batches });
  expect(source.count).toBe(4);
  const read: Batch[] = [];
  for await (const batch of source.batches()) read.push(batch);
  expect(read.map(({ input }) => toNumbers(input))).toEqual([
    ...[
      [1, 10, 20],
      [20, 10, 1],
    ],
    ...[
      [2, 10, 20],
      [20, 10, 2],
    ],
  ]);
  expect(read.map(({ labels }) => labels?.[0])).toEqual([6, 6, 7, 7]);
});

test('photographs have mirror images, text and numbers have none', () => {
  expect(['cifar10:dir', 'folder:a:b'].every(hasPhotographs)).toBe(true);
  expect(['ocr', 'npy:file.npy', 'random', 'constructor'].some(hasPhotographs)).toBe(false);
});
