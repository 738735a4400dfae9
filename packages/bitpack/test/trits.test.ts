import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BitpackError, packTrits, tritBytes, tritsOf, unpackTrits } from '../src/index.ts';
import { tritsUpTo } from './codes.ts';

test('ternary codes come back, five to a byte, at every length', () => {
  fc.assert(
    fc.property(tritsUpTo(60), (codes) => {
      const packed = packTrits(codes);
      expect(packed.length).toBe(tritBytes(codes.length));
      expect([...unpackTrits(packed, codes.length)]).toEqual(codes);
    }),
  );
});

test('the first code is the lowest digit; unused digits are 0', () => {
  expect([...packTrits([1, -1, -1, -1, -1, 0])]).toEqual([2, 1]);
  expect([...packTrits([1, 1, 1, 1, 1])]).toEqual([242]);
  expect([...packTrits([])]).toEqual([]);
  expect(tritsOf(2 + 3 * 1 + 81 * 2)).toEqual([1, 0, -1, -1, 1]);
});

test('refuses other codes, bytes that are no five trits, and wrong lengths', () => {
  expect(() => packTrits([2])).toThrow(/code 2 at 0: expected a whole number from -1 to 1/);
  expect(() => unpackTrits(Uint8Array.of(0, 243), 10)).toThrow(/byte 243 at 1/);
  expect(() => unpackTrits(new Uint8Array(1), 6)).toThrow(/trits of 1 for 6 codes: expected 2/);
  expect(() => unpackTrits(new Uint8Array(1), Number.POSITIVE_INFINITY)).toThrow(BitpackError);
});
