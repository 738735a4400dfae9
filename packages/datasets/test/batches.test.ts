import { expect, test } from 'vitest';
import { batches, type Dataset, DatasetError, inputsOf } from '../src/index.ts';

/** Pictures of one pixel; picture i is (i, 2 i, 3 i). */
function pixels(size: number): Dataset {
  return {
    size,
    labels: Int32Array.from({ length: size }, (_, i) => i * 10),
    item: (i) => ({ width: 1, height: 1, channels: 3, data: Uint8Array.of(i, 2 * i, 3 * i) }),
  };
}

async function gather<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

test('every picture comes once, the last batch is smaller', async () => {
  const all = await gather(batches(pixels(7), { batchSize: 3 }));
  expect(all.map(({ indices }) => [...indices])).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  expect(all.map(({ input }) => input.shape[0])).toEqual([3, 3, 1]);
});

test('a seed shuffles, the same way each time; labels follow their pictures', async () => {
  const run = (seed: number) => gather(batches(pixels(50), { batchSize: 50, seed }));
  const [first, again, other] = [await run(1), await run(1), await run(2)];
  const [batch] = first;
  expect([...(batch?.indices ?? [])].sort((a, b) => a - b)).toEqual([...Array(50).keys()]);
  expect(again[0]?.indices).toEqual(batch?.indices);
  expect(again[0]?.input.data).toEqual(batch?.input.data);
  expect(other[0]?.indices).not.toEqual(batch?.indices);
  for (const [i, index] of (batch?.indices ?? []).entries()) {
    expect(batch?.labels?.[i]).toBe(index * 10);
    expect(Math.round((batch?.input.data[i * 3] as number) * 255)).toBe(index);
  }
});

test('the limit counts after the shuffle', async () => {
  const [batch] = await gather(batches(pixels(1000), { limit: 10, seed: 4 }));
  expect(batch?.indices.length).toBe(10);
  expect(Math.max(...(batch?.indices ?? []))).toBeGreaterThan(10);
});

test('mean and std belong to the planes as they stand in the tensor', async () => {
  const options = { mean: [0.1, 0.2, 0.3], std: [0.5, 0.25, 1], limit: 3, batchSize: 3 };
  const [rgb] = await gather(batches(pixels(3), options));
  const [bgr] = await gather(batches(pixels(3), { ...options, order: 'bgr' }));
  const of = (pixel: number, mean: number, std: number) => Math.fround((pixel / 255 - mean) / std);
  expect([...(rgb?.input.data.subarray(6) ?? [])]).toEqual([
    of(2, 0.1, 0.5),
    of(4, 0.2, 0.25),
    of(6, 0.3, 1),
  ]);
  expect([...(bgr?.input.data.subarray(6) ?? [])]).toEqual([
    of(6, 0.1, 0.5),
    of(4, 0.2, 0.25),
    of(2, 0.3, 1),
  ]);
});

test('options and pictures that do not fit are refused', async () => {
  const run = (options: Parameters<typeof batches>[1]) => gather(batches(pixels(3), options));
  await expect(run({ batchSize: 0 })).rejects.toThrow(DatasetError);
  await expect(run({ limit: Number.NaN })).rejects.toThrow(DatasetError);
  await expect(run({ mean: [1, 2] })).rejects.toThrow(/mean \[1, 2\]: expected 3/);
  await expect(run({ std: [0] })).rejects.toThrow(DatasetError);
  const uneven: Dataset = {
    size: 2,
    item: (i) => ({ width: 1 + i, height: 1, channels: 1, data: new Uint8Array(1 + i) }),
  };
  await expect(gather(batches(uneven))).rejects.toThrow(/equal sizes/);
  const short: Dataset = {
    size: 1,
    item: () => ({ width: 2, height: 1, channels: 3, data: new Uint8Array(5) }),
  };
  await expect(gather(batches(short))).rejects.toThrow(/5 bytes, expected 6/);
});

test('an aborted signal ends the reading with its reason', async () => {
  const controller = new AbortController();
  const source = batches(pixels(10), { batchSize: 2, signal: controller.signal });
  await source.next();
  controller.abort(new Error('enough'));
  await expect(source.next()).rejects.toThrow('enough');
});

test('inputsOf gives the tensors alone', async () => {
  const inputs = await gather(inputsOf(batches(pixels(4), { batchSize: 2 })));
  expect(inputs.map(({ shape }) => shape)).toEqual([
    [2, 3, 1, 1],
    [2, 3, 1, 1],
  ]);
});
