import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BitpackError, packTernary, type TernaryPlanes, unpackTernary } from '../src/index.ts';
import { popcount, tritsUpTo } from './codes.ts';

const and = (a: Uint32Array, b: Uint32Array): Uint32Array => a.map((x, i) => x & (b[i] as number));
const xor = (a: Uint32Array, b: Uint32Array): Uint32Array => a.map((x, i) => x ^ (b[i] as number));

/** The dot product as kernels compute it. */
function dot(a: TernaryPlanes, b: TernaryPlanes): number {
  const both = and(a.mask, b.mask);
  return popcount(both) - 2 * popcount(and(xor(a.sign, b.sign), both));
}

/** The sum of the codes. */
const sum = ({ mask, sign }: TernaryPlanes): number =>
  2 * popcount(and(mask, sign)) - popcount(mask);

/** The same codes with other sign bits wherever the mask is 0, tail included. */
function disturbed(planes: TernaryPlanes, noise: number): TernaryPlanes {
  const sign = planes.sign.map((word, i) => word | (~(planes.mask[i] as number) & noise));
  return { mask: planes.mask, sign };
}

const total = (codes: readonly number[]): number => codes.reduce((a, b) => a + b, 0);

const vectors = fc
  .integer({ min: 0, max: 130 })
  .chain((n) => fc.tuple(tritsUpTo(n, n), tritsUpTo(n, n), fc.nat(2 ** 32 - 1)));

test('dot products and sums of planes are those of the codes, whatever the sign bits of zeros', () => {
  fc.assert(
    fc.property(vectors, ([a, b, noise]) => {
      const expected = a.reduce((all, x, i) => all + x * (b[i] as number), 0);
      const [p, q] = [disturbed(packTernary(a), noise), disturbed(packTernary(b), ~noise)];
      expect(dot(p, q)).toBe(expected);
      expect([sum(p), sum(q)]).toEqual([total(a), total(b)]);
      expect([...unpackTernary(p, a.length)]).toEqual(a);
    }),
  );
});

test('the worked example', () => {
  const a = packTernary([1, -1, 0, 1, 0, -1, 1, 0]);
  const w = packTernary([1, 1, -1, -1, 0, -1, 0, 1]);
  expect([dot(a, w), sum(a), sum(w)]).toEqual([0, 1, 0]);
  expect(a.mask).toEqual(Uint32Array.of(0b0110_1011));
  expect(a.sign).toEqual(Uint32Array.of(0b0100_1001));
});

test('negating flips sign bits under the mask only, and the dot product', () => {
  fc.assert(
    fc.property(vectors, ([a, b]) => {
      const [p, n, q] = [packTernary(a), packTernary(a.map((x) => 0 - x)), packTernary(b)];
      expect(n.mask).toEqual(p.mask);
      expect(xor(n.sign, p.sign)).toEqual(p.mask);
      expect(dot(n, q)).toBe(0 - dot(p, q));
    }),
  );
});

test('scales and offsets expand into dot product, sums and count', () => {
  const scaled = fc.tuple(
    vectors,
    fc.tuple(...[1, 2, 3, 4].map(() => fc.integer({ min: -9, max: 9 }))),
  );
  fc.assert(
    fc.property(scaled, ([[a, b], given]) => {
      const [ga, ba, gb, bb] = given.map((x) => x / 7) as [number, number, number, number];
      const direct = a.reduce((all, x, i) => all + (ga * x + ba) * (gb * (b[i] as number) + bb), 0);
      const [p, q] = [packTernary(a), packTernary(b)];
      const expanded =
        ga * gb * dot(p, q) + ga * bb * sum(p) + ba * gb * sum(q) + a.length * ba * bb;
      expect(Math.abs(direct - expanded)).toBeLessThan(1e-9);
    }),
  );
});

test('refuses other codes and planes of other lengths', () => {
  expect(() => packTernary([0, 2])).toThrow(/code 2 at 1: expected a whole number from -1 to 1/);
  const [one, two] = [new Uint32Array(1), new Uint32Array(2)];
  expect(() => unpackTernary({ mask: one, sign: two }, 3)).toThrow(/sign plane of 2 for 3 codes/);
  expect(() => unpackTernary({ mask: two, sign: one }, 3)).toThrow(BitpackError);
});
