import { fakeQuantize, type UniformQuantizer } from '@subbyte/quantizers';
import { random, randomNormal, type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { float16Table, fromFloat16, toFloat16 } from '../src/float16.ts';
import { borrowValue, type KeptValue, keepValue } from '../src/kept-value.ts';

const isNumber = (code: number): boolean => (code & 0x7c00) !== 0x7c00;

test('every half survives the way there and back', () => {
  const table = float16Table();
  for (let code = 0; code < 65_536; code++) {
    const value = fromFloat16(code);
    if (!Object.is(table[code], value)) expect(table[code]).toBe(value);
    // Checked without a matcher: 65 536 of them take seconds.
    if (!Number.isNaN(value) && toFloat16(value) !== code) expect(toFloat16(value)).toBe(code);
  }
  expect(fromFloat16(toFloat16(Number.NaN))).toBeNaN();
});

test('known halves', () => {
  const known: readonly (readonly [number, number])[] = [
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [1 / 3, 0x3555],
    [Number.NEGATIVE_INFINITY, 0xfc00],
  ];
  for (const [value, code] of known) expect(toFloat16(value), `${value}`).toBe(code);
});

test('halves are rounded to the nearest, on a tie to the even one', () => {
  for (let code = 0; isNumber(code + 1); code += 7) {
    const [low, high] = [fromFloat16(code), fromFloat16(code + 1)];
    const middle = (low + high) / 2;
    const gap = (high - low) / 64;
    for (const sign of [1, -1]) {
      const bit = sign < 0 ? 0x8000 : 0;
      expect(toFloat16(sign * middle)).toBe(bit | (code % 2 === 0 ? code : code + 1));
      expect(toFloat16(sign * (middle - gap))).toBe(bit | code);
      expect(toFloat16(sign * (middle + gap))).toBe(bit | (code + 1));
    }
  }
  // Half a step above the largest half begins infinity.
  expect(toFloat16(65_519.996)).toBe(0x7bff);
  expect(toFloat16(65_520)).toBe(0x7c00);
});

/** All elements of a value, read at once and piece by piece. */
function elementsOf(kept: KeptValue): number[] {
  const value = kept.read();
  const all = toNumbers(value);
  const pieces = new Float32Array(value.size + 3);
  const half = Math.floor(value.size / 2);
  kept.copy(half, value.size - half, pieces, half + 3);
  kept.copy(0, half, pieces, 3);
  expect([...pieces.subarray(3)]).toEqual(all);
  expect(value.shape).toEqual(kept.shape);
  return all;
}

const stream = random(5);
const value = randomNormal([6, 5, 7], stream, 0.4, 3);

const gridOf = (
  bits: 2 | 4 | 8,
  signed: boolean,
  scale: number,
  zeroPoint: number,
): UniformQuantizer => ({
  version: 1,
  scheme: 'uniform',
  bits,
  signed,
  narrow: false,
  granularity: { kind: 'perTensor' },
  scaleShape: [],
  scale: [scale],
  zeroPoint: [zeroPoint],
});

test.each([
  ['unsigned, 2 bits', { bits: 2, signed: false }],
  ['unsigned, 8 bits', { bits: 8, signed: false }],
  ['signed, 4 bits', { bits: 4, signed: true }],
  ['signed, 8 bits', { bits: 8, signed: true }],
] as const)('codes are exact and take a byte: %s', (_, { bits, signed }) => {
  const half = 2 ** (bits - 1);
  for (const [scale, zeroPoint] of [
    [Math.fround(0.0437), signed ? 0 : half],
    [Math.fround(1.7e-5), signed ? 0 : 1],
    [Math.fround(2.31), signed ? -half : 2 ** bits - 1],
  ] as const) {
    const grid = gridOf(bits, signed, scale, zeroPoint);
    const onGrid = fakeQuantize(value, grid);
    const kept = keepValue(onGrid, 'codes', grid);
    expect(kept.bytes).toBe(value.size);
    // Except for the sign of zero.
    expect(elementsOf(kept).map((x) => x + 0)).toEqual(toNumbers(onGrid).map((x) => x + 0));
  }
});

test('what lies on no grid is refused as codes', () => {
  expect(() => keepValue(value, 'codes', gridOf(8, false, 0.05, 128))).toThrow(
    'it cannot be kept as codes',
  );
});

test.each([1, 1e-30, 1e30, 3e5])('halves of numbers around %d are off by 2^-11 at most', (size) => {
  const scaled = tensor(
    (value.data as Float32Array).map((x) => x * size),
    value.shape,
  );
  const kept = keepValue(scaled, 'float16');
  expect(kept.bytes).toBe(2 * value.size);
  const largest = Math.max(...toNumbers(scaled).map(Math.abs));
  elementsOf(kept).forEach((x, i) => {
    const exact = scaled.data[i] as number;
    const bound = Math.max(Math.abs(exact) * 2 ** -11, largest * 2 ** -38);
    expect(Math.abs(x - exact)).toBeLessThanOrEqual(bound);
  });
  const zeros = keepValue(tensor(new Float32Array(4), [4]), 'float16');
  expect(elementsOf(zeros)).toEqual([0, 0, 0, 0]);
});

test('float32 and whole numbers are kept as they are; what others hold costs nothing', () => {
  expect(keepValue(value, 'float32').bytes).toBe(4 * value.size);
  expect(elementsOf(keepValue(value, 'float32'))).toEqual(toNumbers(value));
  const whole = tensor(new Int32Array([3, -4]), [2]) as Tensor;
  for (const form of ['float32', 'codes', 'float16'] as const) {
    expect(keepValue(whole, form)).toMatchObject({ bytes: 8, dtype: 'int32' });
  }
  expect(borrowValue(value).bytes).toBe(0);
});
