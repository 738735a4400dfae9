import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BitpackError, packStream, streamBytes, unpackStream } from '../src/index.ts';
import { codesOf, widths } from './codes.ts';

/** The definition, bit by bit. */
function slowly(codes: readonly number[], bits: number): number[] {
  const bytes = new Array<number>(Math.ceil((codes.length * bits) / 8)).fill(0);
  codes.forEach((code, i) => {
    for (let bit = 0; bit < bits; bit++) {
      const place = i * bits + bit;
      bytes[place >> 3] = (bytes[place >> 3] ?? 0) | (((code >> bit) & 1) << (place & 7));
    }
  });
  return bytes;
}

test.each(widths)('streams of %i-bit codes are as defined and come back', (bits) => {
  fc.assert(
    fc.property(codesOf(bits, 70), (codes) => {
      const packed = packStream(codes, bits);
      expect([...packed]).toEqual(slowly(codes, bits));
      expect(packed.length).toBe(streamBytes(codes.length, bits));
      expect([...unpackStream(packed, bits, codes.length)]).toEqual(codes);
    }),
  );
});

test.each(widths)('signed streams of %i-bit codes come back', (bits) => {
  fc.assert(
    fc.property(codesOf(bits, 70), (codes) => {
      const signed = codes.map((code) => code - 2 ** (bits - 1));
      const packed = packStream(signed, bits, { signed: true });
      expect([...packed]).toEqual(slowly(signed, bits));
      expect([...unpackStream(packed, bits, codes.length, { signed: true })]).toEqual(signed);
    }),
  );
});

test('4 and 2 bits are the bytes of ONNX: the first code in the low bits', () => {
  expect([...packStream([1, 2, 3], 4)]).toEqual([0x21, 0x03]);
  expect([...packStream([-1, 7, -8], 4, { signed: true })]).toEqual([0x7f, 0x08]);
  expect([...packStream([0, 1, 2, 3, 1], 2)]).toEqual([0b11_10_01_00, 0b01]);
  expect([...packStream([-2, 1, 0, -1], 2, { signed: true })]).toEqual([0b11_00_01_10]);
});

test('bits behind the last code do not matter', () => {
  expect([...unpackStream(Uint8Array.of(0b11111_101), 3, 1)]).toEqual([5]);
});

test('refuses codes out of range and bytes that are too few or too many', () => {
  expect(() => packStream([8], 3)).toThrow(/code 8 at 0: expected a whole number from 0 to 7/);
  expect(() => packStream([4], 3, { signed: true })).toThrow(/from -4 to 3/);
  expect(() => packStream([0], 2.5)).toThrow(BitpackError);
  expect(() => unpackStream(new Uint8Array(2), 3, 2)).toThrow(
    /stream of 2 for 2 codes: expected 1/,
  );
  expect(() => unpackStream(new Uint8Array(0), 3, 1)).toThrow(BitpackError);
  expect(() => unpackStream(new Uint8Array(1), 8, 2 ** 45)).toThrow(BitpackError);
  expect(() => unpackStream(new Uint8Array(1), 8, -1)).toThrow(BitpackError);
});
