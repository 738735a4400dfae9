import { expect, test } from 'vitest';
import { batches, cifar10, cifar10Classes, DatasetError } from '../src/index.ts';

function records(labels: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(labels.length * 3073);
  for (const [i, label] of labels.entries()) {
    bytes[i * 3073] = label;
    for (let p = 0; p < 3072; p++) bytes[i * 3073 + 1 + p] = (i * 7 + p * 13) % 256;
  }
  return bytes;
}

test('planes become pixels, and planes again in a batch', async () => {
  const bytes = records([3, 9]);
  const dataset = cifar10(bytes);
  expect([...(dataset.labels ?? [])]).toEqual([3, 9]);
  expect(cifar10Classes[3]).toBe('cat');
  const image = await dataset.item(1);
  expect([...image.data.subarray(3, 6)]).toEqual([bytes[3075], bytes[4099], bytes[5123]]);
  for await (const { input, labels } of batches(dataset)) {
    expect(input.shape).toEqual([2, 3, 32, 32]);
    expect([...(labels ?? [])]).toEqual([3, 9]);
    const expected = [...bytes.subarray(1, 3073), ...bytes.subarray(3074)];
    expect([...input.data].map((v) => Math.round(v * 255))).toEqual(expected);
  }
});

test('sizes and labels that cannot be are refused', () => {
  expect(() => cifar10(new Uint8Array(0))).toThrow(DatasetError);
  expect(() => cifar10(new Uint8Array(3074))).toThrow(/3074 bytes.*multiple of 3073/);
  expect(() => cifar10(records([1, 10]))).toThrow(/label 10 at byte 3073/);
});
