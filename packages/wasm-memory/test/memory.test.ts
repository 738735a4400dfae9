import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fromStorage, scope, type Tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { createMemory, createStorageFactory, WasmError } from '../src/index.ts';

test('scratch is given back, the large too, and blocks stay', () => {
  const memory = createMemory();
  const kept = memory.allocate(1000, 'kept');
  const before = memory.liveBytes;
  const first = memory.withScratch(() => {
    memory.scratch(2 ** 20, 'more than the arena holds');
    expect(memory.liveBytes).toBeGreaterThan(before);
    return memory.scratch(100, 'small');
  });
  expect(memory.liveBytes).toBe(before);
  expect(memory.withScratch(() => memory.scratch(100, 'small again'))).toBe(first);
  memory.release(kept);
  expect(memory.liveBytes).toBe(0);
});

test('more than 4 GiB is a typed error that says what is in use, and the memory goes on', () => {
  const memory = createMemory();
  const storages = createStorageFactory(memory, {});
  expect(() => storages.create(2 ** 33, 'a test')).toThrow(WasmError);
  expect(() => storages.create(2 ** 33, 'a test')).toThrow(
    /^a test: no memory for 8589934592 bytes/,
  );
  const storage = storages.create(8, 'a test');
  expect(storages.own(storage)).toBe(storage);
  storage.dispose();
  expect(() => storages.own(storage)).toThrow('tensor used after it was disposed');
  expect(memory.liveBytes).toBe(0);
});

test('what nobody disposes is freed when it is collected, in a scope at its end', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const memory = createMemory();
  const storages = createStorageFactory(memory, {});
  const make = (): Tensor => fromStorage('float32', [64], storages.create(256, 'a test'));
  const drop = (): void => {
    make();
    const one = memory.liveBytes;
    const kept = scope(() => [make(), scope(() => [make(), make()].slice(1))].flat().slice(1));
    expect(kept).toHaveLength(1);
    expect(memory.liveBytes).toBe(2 * one);
    // A block that goes with a storage.
    storages.holdWith((kept[0] as Tensor).storage, memory.allocate(1024, 'a test'));
  };
  drop();
  for (let i = 0; i < 50 && memory.liveBytes > 0; i++) {
    collect();
    await setTimeout(10);
  }
  expect(memory.liveBytes).toBe(0);
});
