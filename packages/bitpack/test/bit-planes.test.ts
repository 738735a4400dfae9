import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BitpackError, packBitPlanes, unpackBitPlanes } from '../src/index.ts';
import { codesOf, popcount, widths } from './codes.ts';

test.each(widths)('%i-bit codes come back from their planes, at every length', (bits) => {
  fc.assert(
    fc.property(codesOf(bits, 140), (codes) => {
      const planes = packBitPlanes(codes, bits);
      expect(planes.length).toBe(bits);
      for (const plane of planes) expect(plane.length).toBe(Math.ceil(codes.length / 32));
      expect([...unpackBitPlanes(planes, codes.length)]).toEqual(codes);
    }),
  );
});

test('bits behind the last code are 0', () => {
  for (const length of [1, 31, 32, 33, 64, 65]) {
    const [plane] = packBitPlanes(new Array<number>(length).fill(1), 1);
    expect(popcount(plane as Uint32Array)).toBe(length);
  }
});

test('AND and popcount over planes give the dot product of any two widths', () => {
  const pair = fc
    .tuple(fc.constantFrom(...widths), fc.constantFrom(...widths), fc.integer({ min: 0, max: 130 }))
    .chain(([m, k, length]) =>
      fc.tuple(
        fc.constant([m, k] as const),
        codesOf(m, length, length),
        codesOf(k, length, length),
      ),
    );
  fc.assert(
    fc.property(pair, ([[m, k], weights, values]) => {
      const [w, x] = [packBitPlanes(weights, m), packBitPlanes(values, k)];
      let dot = 0;
      w.forEach((a, i) => {
        x.forEach((b, j) => {
          const both = a.map((word, n) => word & (b[n] as number));
          dot += popcount(both) * 2 ** (i + j);
        });
      });
      expect(dot).toBe(weights.reduce((sum, weight, i) => sum + weight * (values[i] ?? 0), 0));
    }),
  );
});

test('two planes, by hand', () => {
  expect(packBitPlanes([1, 2, 3, 0], 2)).toEqual([Uint32Array.of(0b0101), Uint32Array.of(0b0110)]);
  const high = packBitPlanes(
    Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? 1 : 0)),
    1,
  );
  expect(high).toEqual([Uint32Array.of(0x80000000)]);
});

test.each([
  [[4], 2, /code 4 at 0: expected a whole number from 0 to 3/],
  [[0, -1], 2, /code -1 at 1/],
  [[0.5], 8, /code 0.5/],
  [[Number.NaN], 8, /code NaN/],
  [[0], 0, /0 bits/],
  [[0], 9, /9 bits/],
  [{ length: 2 ** 40 } as ArrayLike<number>, 1, /1099511627776 codes/],
] as const)('refuses codes %j of %i bits', (codes, bits, message) => {
  expect(() => packBitPlanes(codes, bits)).toThrow(BitpackError);
  expect(() => packBitPlanes(codes, bits)).toThrow(message);
});

test('refuses planes of other lengths, and none or too many', () => {
  const plane = new Uint32Array(2);
  expect(() => unpackBitPlanes([plane], 32)).toThrow(/plane of 2 for 32 codes: expected 1/);
  expect(() => unpackBitPlanes([plane, new Uint32Array(1)], 64)).toThrow(BitpackError);
  expect(() => unpackBitPlanes([plane], 2 ** 50)).toThrow(BitpackError);
  expect(() => unpackBitPlanes([], 0)).toThrow(/0 bits/);
  expect(() => unpackBitPlanes(Array<Uint32Array>(9).fill(plane), 64)).toThrow(/9 bits/);
});
