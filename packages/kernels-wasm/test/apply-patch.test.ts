import { random } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { applyPatch } from '../src/apply-patch.ts';

type MakePatch = (base: Uint8Array, next: Uint8Array) => Uint8Array;
// Plain JavaScript: it runs before anything is built.
const script = `../scripts/${'make-patch'}.mjs`;
const { makePatch } = (await import(script)) as { makePatch: MakePatch };

test('a patch makes the other bytes of the base', () => {
  const stream = random(7);
  const bytes = (count: number): Uint8Array =>
    Uint8Array.from({ length: count }, () => stream.integer(256));
  for (let round = 0; round < 200; round++) {
    const base = bytes(stream.integer(2000));
    // Runs of the base in any order, some longer than seven bits count, and bytes of its own between them.
    const parts = Array.from({ length: stream.integer(8) }, () => {
      const start = stream.integer(base.length + 1);
      return stream.integer(3) === 0
        ? bytes(stream.integer(300))
        : base.subarray(start, start + stream.integer(700));
    });
    const next = Uint8Array.from(parts.flatMap((part) => [...part]));
    const patch = makePatch(base, next);
    expect(applyPatch(base, patch)).toEqual(next);
  }
});

test('what is alike costs a few bytes', () => {
  const stream = random(8);
  const base = Uint8Array.from({ length: 5000 }, () => stream.integer(256));
  const next = base.with(2500, (base[2500] as number) ^ 1);
  expect(makePatch(base, next).length).toBeLessThan(20);
});
