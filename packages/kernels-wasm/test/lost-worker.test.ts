import { random, randomNormal, scope } from '@subbyte/tensor';
import { canShare, createMemory, startThreads, type Threads } from '@subbyte/wasm-memory';
import { afterEach, expect, test } from 'vitest';
import type { WasmFunctions } from '../src/functions.ts';
import { WorkerError, wasm } from '../src/index.ts';
import { instantiate } from '../src/module.ts';
import { watchWorkers } from './watch-workers.ts';

const watch = watchWorkers();
afterEach(() => watch.restore());

/** Two threads on a memory of their own. */
async function twoThreads(patience?: number) {
  const { memory, scratch } = createMemory(true);
  const { modules, functions } = await instantiate(memory, false, false);
  const started = watch.collect();
  const threads = await startThreads(functions, modules, memory, 2, [], patience);
  const place = scratch(64, 'test');
  const words = new Int32Array(memory.buffer, place, 16);
  words.fill(0);
  return { threads, started, place, words };
}

/** Two parts: the caller's own writes 1, the other's 2. */
function runTwo(threads: Threads<WasmFunctions>, place: number, words: Int32Array): number[] {
  words.set([1, 2, 0, 0]);
  threads.run('test', [
    (wasm) => wasm.fill(place + 8, place, 1, 4),
    (wasm) => wasm.fill(place + 12, place + 4, 1, 4),
  ]);
  return Array.from(words.subarray(2, 4));
}

/** Bytes of a product large enough to be split. */
function productOf({ kernels }: Awaited<ReturnType<typeof wasm>>): Float32Array {
  const [a, b] = [randomNormal([96, 96], random(1)), randomNormal([96, 96], random(2))];
  let bytes = new Float32Array(0);
  scope(() => {
    const product = kernels.matmul?.([a, b], { transposeA: false, transposeB: false });
    bytes = Float32Array.from(product?.data as Float32Array);
    return undefined;
  });
  return bytes;
}

test.skipIf(!canShare())(
  'a worker that is killed in the middle is an error, and the rest goes on',
  async () => {
    const { threads, started, place, words } = await twoThreads(200);
    expect(threads.count).toBe(2);
    // Three axes without a single element: 2^62 rounds that write nothing.
    const axes = place + 16;
    words.set([2 ** 31 - 1, 0, 0, 2 ** 31 - 1, 0, 0, 0, 0, 0], 4);
    words[1] = 7;
    const killed = (): void => {
      threads.run('conv2d', [
        () => {
          while (Atomics.load(words, 0) !== 7);
          started[0]?.terminate();
        },
        (wasm) => {
          wasm.fill(place, place + 4, 1, 4);
          wasm.add(place, place, place, axes, 3);
        },
      ]);
    };
    let error: unknown;
    try {
      killed();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(WorkerError);
    expect((error as WorkerError).code).toBe('SUBBYTE_WASM_WORKER');
    expect((error as WorkerError).message).toMatch(
      /^conv2d: a worker ended or hung in the middle of its part \(no progress for [\d.]+ s\); the result is lost, 1 of 2 threads go on$/,
    );
    expect(threads.count).toBe(1);
    expect(runTwo(threads, place, words)).toEqual([1, 2]);
    threads.close();
  },
);

test.skipIf(!canShare())('a worker that traps is an error with its text, once', async () => {
  const { threads, place, words } = await twoThreads();
  const taken = (): boolean => Atomics.load(words, 0) === 7;
  words[1] = 7;
  const trap = (): void =>
    threads.run('conv2d', [
      () => {
        while (!taken());
      },
      (wasm) => {
        wasm.fill(place, place + 4, 1, 4);
        wasm.fill(2 ** 32 - 4, place, 2, 4);
      },
    ]);
  expect(trap).toThrow(WorkerError);
  words[0] = 0;
  expect(trap).toThrow(
    /^conv2d: a worker failed: RuntimeError: .*out of bounds.*; the result is lost$/,
  );
  expect(threads.count).toBe(2);
  expect(runTwo(threads, place, words)).toEqual([1, 2]);
  threads.close();
});

test.skipIf(!canShare())('workers that were killed between kernels are not missed', async () => {
  const one = await wasm();
  const started = watch.collect();
  const many = await wasm({ threads: 3 });
  expect(started).toHaveLength(2);
  const expected = productOf(one);
  expect(productOf(many)).toEqual(expected);
  for (const worker of started) await worker.terminate();
  for (let i = 0; i < 3; i++) expect(productOf(many)).toEqual(expected);
  many.close();
});

test.skipIf(!watch.tellsEnd)('Node tells of workers that end', async () => {
  const started = watch.collect();
  const many = await wasm({ threads: 3 });
  await started[1]?.terminate();
  productOf(many);
  expect(many.threads).toBe(2);
  many.close();
});
