import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planMemory } from '../src/memory-plan.ts';

const lifetimes = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 5000 }), fc.nat(30), fc.nat(30))
    .map(([bytes, a, b]) => ({ bytes, first: Math.min(a, b), last: Math.max(a, b) })),
  { maxLength: 40 },
);

test('blocks in use at the same time never overlap, and have room behind them', () => {
  fc.assert(
    fc.property(lifetimes, (lives) => {
      const { offsets, bytes } = planMemory(lives);
      for (const [i, a] of lives.entries()) {
        const start = offsets[i] as number;
        expect(start % 64).toBe(0);
        expect(start + a.bytes + 32).toBeLessThanOrEqual(bytes);
        for (const [k, b] of lives.entries()) {
          if (k === i || a.last < b.first || b.last < a.first) continue;
          const other = offsets[k] as number;
          expect(start + a.bytes + 32 <= other || other + b.bytes + 32 <= start).toBe(true);
        }
      }
    }),
  );
});

test('a chain of equal blocks needs the room of two', () => {
  const chain = Array.from({ length: 9 }, (_, i) => ({ bytes: 1000, first: i, last: i + 1 }));
  expect(planMemory(chain).bytes).toBe(2 * 1088);
});
