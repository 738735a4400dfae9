import { random } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { createAllocator, roundUp } from '../src/allocator.ts';

test('random requests never overlap, stay inside and all come back', () => {
  for (let seed = 0; seed < 20; seed++) {
    const stream = random(seed);
    let end = 100_000;
    const allocator = createAllocator(1000, end);
    const held = new Map<number, number>();
    for (let step = 0; step < 2000; step++) {
      if (stream.uniform() < 0.55) {
        const bytes = stream.integer(3000);
        const address = allocator.allocate(bytes);
        if (address === undefined) {
          end += stream.integer(20_000);
          allocator.extend(end);
          continue;
        }
        const isInside = address >= 1000 && address + roundUp(bytes) <= end;
        expect([address % 64, isInside]).toEqual([0, true]);
        const overlapping = [...held].filter(
          ([other, size]) => address + bytes > other && other + size > address,
        );
        expect(overlapping).toEqual([]);
        held.set(address, bytes);
      } else if (held.size > 0) {
        const address = [...held.keys()][stream.integer(held.size)] as number;
        held.delete(address);
        allocator.release(address);
      }
      const sum = [...held.values()].reduce((total, bytes) => total + roundUp(bytes), 0);
      expect(allocator.live).toBe(sum);
    }
    for (const address of held.keys()) allocator.release(address);
    expect(allocator.live).toBe(0);
    // Everything has merged to one hole again.
    expect(allocator.allocate(Math.floor((end - 1024) / 64) * 64 - 64)).toBe(1024);
  }
});

test('a second release of the same address does nothing', () => {
  const allocator = createAllocator(0, 10_000);
  const first = allocator.allocate(100) as number;
  allocator.allocate(100);
  allocator.release(first);
  const { live } = allocator;
  allocator.release(first);
  expect(allocator.live).toBe(live);
});

test('a request that no hole can hold gives undefined', () => {
  const allocator = createAllocator(0, 10_000);
  expect(allocator.allocate(20_000)).toBeUndefined();
  expect(allocator.allocate(5000)).toBe(0);
  expect(allocator.allocate(5000)).toBeUndefined();
});
