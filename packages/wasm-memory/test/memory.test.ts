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
