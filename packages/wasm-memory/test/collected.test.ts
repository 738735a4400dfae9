import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fromStorage, scope, type Tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { createMemory, createStorageFactory } from '../src/index.ts';

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
