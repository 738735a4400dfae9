import { expect, test } from 'vitest';
import { canShare, createMemory, oneThread, startThreads, type Work } from '../src/index.ts';

/** What the module below exports. */
interface Functions {
  /** Stores an int32. */
  put(address: number, value: number): void;
}

const text = (name: string): readonly number[] => [name.length, ...new TextEncoder().encode(name)];

/** A module that imports a shared memory (256 to 65536 pages) and exports `put`. */
const bytes = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 6, 1, 0x60, 2, 0x7f, 0x7f, 0],
  ...[2, 19, 1, ...text('env'), ...text('memory'), 2, 3, 0x80, 2, 0x80, 0x80, 4],
  ...[3, 2, 1, 0],
  ...[7, 7, 1, ...text('put'), 0, 0],
  ...[10, 11, 1, 9, 0, 0x20, 0, 0x20, 1, 0x36, 2, 0, 0x0b],
]);

test.skipIf(!canShare())(
  'three threads write what one does, and what is left after close',
  async () => {
    const { memory, scratch } = createMemory(true);
    const { module, instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
    const functions = instance.exports as unknown as Functions;
    const threads = await startThreads(functions, [module], memory, 3, []);
    expect(threads.count).toBe(3);
    const place = scratch(400, 'test');
    const numbers = new Int32Array(memory.buffer, place, 100);
    const parts = Array.from({ length: 100 }, (_, i): Work<Functions> => {
      return (wasm) => wasm.put(place + 4 * i, i * i);
    });
    const squares = Array.from({ length: 100 }, (_, i) => i * i);
    for (const run of [threads, oneThread(functions), threads]) {
      numbers.fill(-1);
      run.run('squares', parts);
      expect(Array.from(numbers)).toEqual(squares);
      if (run !== threads) threads.close();
    }
    expect(threads.count).toBe(1);
  },
);

test.skipIf(!canShare())(
  'what repeats evenly is done as often, and so is what does not',
  async () => {
    const { memory, scratch } = createMemory(true);
    const { module, instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
    const functions = instance.exports as unknown as Functions;
    const threads = await startThreads(functions, [module], memory, 2, []);
    const place = scratch(4 * 400, 'test');
    const numbers = new Int32Array(memory.buffer, place, 400);
    const values = [
      (i: number) => 3 * i - 7,
      // Even at the first two and the last, not between; a value of its own each; the same each.
      (i: number) => i % 3,
      (i: number) => i * i,
      () => 5,
    ];
    const parts = Array.from(
      { length: 8 },
      (_, part): Work<Functions> =>
        (wasm, repeat) => {
          repeat(50, (i) =>
            wasm.put(place + 4 * (50 * part + i), (values[part % 4] as (i: number) => number)(i)),
          );
        },
    );
    numbers.fill(-1);
    threads.run('values', parts);
    threads.close();
    const expected = Array.from({ length: 400 }, (_, i) =>
      (values[Math.floor(i / 50) % 4] as (i: number) => number)(i % 50),
    );
    expect(Array.from(numbers)).toEqual(expected);
  },
);

test.skipIf(!canShare())('repeats nest', async () => {
  const { memory, scratch } = createMemory(true);
  const { module, instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  const functions = instance.exports as unknown as Functions;
  const threads = await startThreads(functions, [module], memory, 2, []);
  const place = scratch(4 * 160, 'test');
  const parts = [0, 80].map(
    (start): Work<Functions> =>
      (wasm, repeat) => {
        repeat(8, (row) =>
          repeat(10, (i) => wasm.put(place + 4 * (start + 10 * row + i), 100 * row + i)),
        );
      },
  );
  threads.run('table', parts);
  threads.close();
  const numbers = Array.from(new Int32Array(memory.buffer, place, 160));
  expect(numbers).toEqual(numbers.map((_, i) => 100 * Math.floor((i % 80) / 10) + (i % 10)));
});
