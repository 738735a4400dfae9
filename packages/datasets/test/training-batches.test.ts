import { toNumbers } from '@subbyte/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Batch,
  batchesPerEpoch,
  type Dataset,
  DatasetError,
  mnist,
  prefetch,
  randomCrop,
  randomFlip,
  subset,
  trainingBatches,
} from '../src/index.ts';

const plane = 28 * 28;
const digits = mnist([
  Array.from({ length: 7 * plane }, (_, i) => (i % 256) / 255),
  Array.from({ length: 4 * plane }, (_, i) => ((i * 7) % 256) / 255),
]);
const options = { batchSize: 4, seed: 3, epoch: 0, augment: [randomCrop(2), randomFlip()] };

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const entries: T[] = [];
  for await (const entry of source) entries.push(entry);
  return entries;
}

/** Each sample's values by its index. */
function samplesOf(read: readonly Batch[]): Map<number, number[]> {
  const samples = new Map<number, number[]>();
  for (const { input, indices } of read) {
    const values = toNumbers(input);
    for (const [i, index] of indices.entries()) {
      samples.set(index, values.slice(i * plane, (i + 1) * plane));
    }
  }
  return samples;
}

test('mnist gives back the pixels and labels', async () => {
  expect(digits.size).toBe(11);
  expect([...(digits.labels ?? [])]).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
  const { data, channels } = await digits.item(8);
  expect(channels).toBe(1);
  expect([...data.slice(0, 3)]).toEqual([0, 1, 2].map((i) => ((plane + i) * 7) % 256));
});

test('mnist refuses half pictures and values out of range', () => {
  expect(() => mnist([new Float32Array(700)])).toThrow(DatasetError);
  expect(() => mnist([])).toThrow('expected a positive multiple of 784');
  expect(() => mnist([new Float32Array(plane).fill(1.5)])).toThrow('expected 0 … 1');
});

test('an epoch has every sample once, and the last, smaller batch only when asked for', async () => {
  const dropped = await all(trainingBatches(digits, options));
  expect(dropped.map(({ input }) => input.shape[0])).toEqual([4, 4]);
  const kept = await all(trainingBatches(digits, { ...options, dropLast: false }));
  expect(kept.map(({ input }) => input.shape[0])).toEqual([4, 4, 3]);
  expect([batchesPerEpoch(11, 4), batchesPerEpoch(11, 4, false)]).toEqual([2, 3]);
  const indices = kept.flatMap((batch) => [...batch.indices]);
  expect(indices.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, i) => i));
  for (const { labels, indices: places } of kept) {
    expect([...(labels ?? [])]).toEqual([...places].map((place) => digits.labels?.[place]));
  }
});

test('same seed and epoch, same bytes; another seed or epoch, other ones', async () => {
  const values = async (changes: object) =>
    (await all(trainingBatches(digits, { ...options, ...changes }))).map(({ input }) =>
      toNumbers(input),
    );
  const first = await values({});
  expect(await values({})).toEqual(first);
  expect(await values({ epoch: 1 })).not.toEqual(first);
  expect(await values({ seed: 4 })).not.toEqual(first);
});

test('what happens to a sample does not depend on the batches before it', () =>
  fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.nat(50),
      fc.integer({ min: 1, max: 11 }),
      fc.integer({ min: 0, max: 3 }),
      async (seed, epoch, batchSize, start) => {
        const given = { ...options, seed, epoch, dropLast: false };
        const whole = samplesOf(await all(trainingBatches(digits, given)));
        const part = await all(trainingBatches(digits, { ...given, batchSize, start }));
        expect(part).toHaveLength(Math.max(0, Math.ceil(11 / batchSize) - start));
        for (const [index, values] of samplesOf(part)) expect(values).toEqual(whole.get(index));
      },
    ),
    { numRuns: 20 },
  ));

test('a crop moves the picture by at most its padding and fills with black', () => {
  const data = new Uint8Array(25);
  data[12] = 200;
  const seen = new Set<number>();
  for (let draw = 0; draw < 9; draw++) {
    const draws = [draw % 3, Math.floor(draw / 3)];
    const stream = {
      uniform: () => 0,
      normal: () => 0,
      integer: () => draws.shift() ?? 0,
      permutation: () => new Uint32Array(),
    };
    const moved = randomCrop(1)({ width: 5, height: 5, channels: 1, data }, stream).data;
    expect(moved.filter((value) => value !== 0)).toEqual(Uint8Array.of(200));
    seen.add(moved.indexOf(200));
  }
  expect([...seen].toSorted((a, b) => a - b)).toEqual([6, 7, 8, 11, 12, 13, 16, 17, 18]);
});

test('a crop needs a padding smaller than the picture', async () => {
  const read = all(trainingBatches(digits, { ...options, augment: [randomCrop(28)] }));
  await expect(read).rejects.toThrow('padding 28');
});

test('a flip mirrors pixels, not channels', () => {
  const image = {
    width: 2,
    height: 1,
    channels: 3,
    data: Uint8Array.of(1, 2, 3, 4, 5, 6),
  } as const;
  const stream = (uniform: number) => ({
    uniform: () => uniform,
    normal: () => 0,
    integer: () => 0,
    permutation: () => new Uint32Array(),
  });
  expect([...randomFlip()(image, stream(0.7)).data]).toEqual([4, 5, 6, 1, 2, 3]);
  expect(randomFlip()(image, stream(0.3))).toBe(image);
});

test('a subset keeps pictures and labels together', async () => {
  const part = subset(digits, [9, 2]);
  expect(part.size).toBe(2);
  expect([...(part.labels ?? [])]).toEqual([1, 0]);
  expect(await part.item(0)).toEqual(await digits.item(9));
  expect(() => subset(digits, [11])).toThrow(DatasetError);
  expect(() => subset(digits, [-1])).toThrow(DatasetError);
});

test('prefetch keeps the order and has the next batch under way', async () => {
  const started: number[] = [];
  const slow: Dataset = {
    ...digits,
    item: async (index) => {
      started.push(index);
      return digits.item(index);
    },
  };
  const plain = await all(trainingBatches(digits, options));
  const reader = prefetch(trainingBatches(slow, options));
  const first = await reader.next();
  expect(first.value?.indices).toEqual(plain[0]?.indices);
  await new Promise((resolve) => setImmediate(resolve));
  expect(started).toHaveLength(8);
  expect((await reader.next()).value?.indices).toEqual(plain[1]?.indices);
  expect((await reader.next()).done).toBe(true);
});

test('prefetch passes errors on in their turn and closes its source', async () => {
  let closed = false;
  async function* failing(): AsyncGenerator<number> {
    try {
      yield 1;
      yield 2;
      throw new Error('broken');
    } finally {
      closed = true;
    }
  }
  const read: number[] = [];
  await expect(
    (async () => {
      for await (const entry of prefetch(failing(), 3)) read.push(entry);
    })(),
  ).rejects.toThrow('broken');
  expect(read).toEqual([1, 2]);
  for await (const entry of prefetch(failing())) if (entry === 1) break;
  expect(closed).toBe(true);
});
