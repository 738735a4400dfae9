import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BitpackError,
  type BytePlane,
  bytePlanesOf,
  packBytePlane,
  streamBytes,
  unpackBytePlanes,
} from '../src/index.ts';
import { codesOf, widths } from './codes.ts';

test.each(widths)('planes of %i-bit codes add up to it, and give the codes back', (bits) => {
  const planes = bytePlanesOf(bits);
  expect(planes.reduce((sum, { width }) => sum + width, 0)).toBe(bits);
  fc.assert(
    fc.property(codesOf(bits, 70), (codes) => {
      const packed = planes.map((plane) => ({ ...plane, bytes: packBytePlane(codes, plane) }));
      for (const { width, bytes } of packed) {
        expect(bytes.length).toBe(streamBytes(codes.length, width));
      }
      expect([...unpackBytePlanes(packed, codes.length)]).toEqual(codes);
    }),
  );
});

test('the layout, by hand', () => {
  const codes = [1, 2, 3, 4, 5];
  expect([...packBytePlane(codes, { width: 4, shift: 0 })]).toEqual([0x21, 0x43, 0x05]);
  expect([...packBytePlane(codes, { width: 2, shift: 0 })]).toEqual([0b00_11_10_01, 0b01]);
  expect([...packBytePlane(codes, { width: 1, shift: 2 })]).toEqual([0b11000]);
});

test('refuses planes outside a byte, overlapping ones, and wrong lengths', () => {
  const at = (width: number, shift: number) => ({ width, shift }) as BytePlane;
  for (const plane of [at(3, 0), at(4, 5), at(1, -1), at(2, 0.5)]) {
    expect(() => packBytePlane([0], plane)).toThrow(BitpackError);
  }
  expect(() => packBytePlane([256], at(8, 0))).toThrow(/code 256/);
  const bytes = new Uint8Array(1);
  expect(() =>
    unpackBytePlanes(
      [
        { ...at(4, 0), bytes },
        { ...at(2, 3), bytes },
      ],
      2,
    ),
  ).toThrow(/overlap at bit 3/);
  expect(() => unpackBytePlanes([{ ...at(4, 0), bytes }], 3)).toThrow(/plane of 1 for 3 codes/);
  expect(() => bytePlanesOf(9)).toThrow(/9 bits/);
});
