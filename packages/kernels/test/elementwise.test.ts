import { type DataType, random, scalar, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { applyActivation, reference } from '../src/index.ts';

const of = (values: number[], dtype: DataType = 'float32') =>
  tensor(values, [values.length], dtype);

test('rounding is half to even', () => {
  const x = of([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49999997, 8388609]);
  expect(toNumbers(reference.round([x], {}))).toEqual([-2, -2, -0, 0, 2, 2, 0, 8388609]);
});

test('erf and gelu at published values', () => {
  // Abramowitz and Stegun, table 7.1.
  const x = of([0.1, 0.5, 1, 1.5, 2, -1, 7], 'float64');
  const erf = [
    0.112462916, 0.5204998778, 0.8427007929, 0.9661051465, 0.995322265, -0.8427007929, 1,
  ];
  toNumbers(reference.erf([x], {})).forEach((value, i) => {
    expect(value).toBeCloseTo(erf[i] as number, 10);
  });
  expect(toNumbers(reference.gelu([of([1], 'float64')], { approximate: false }))[0]).toBeCloseTo(
    0.8413447461,
    10,
  );
  expect(toNumbers(reference.gelu([of([1], 'float64')], { approximate: true }))[0]).toBeCloseTo(
    0.8411919906,
    10,
  );
});

test('float64 is computed in float64, float32 rounds once', () => {
  expect(toNumbers(reference.exp([of([1], 'float64')], {}))).toEqual([Math.E]);
  expect(toNumbers(reference.exp([of([1])], {}))).toEqual([Math.fround(Math.E)]);
  expect(toNumbers(reference.add([of([0.1], 'float64'), of([0.2], 'float64')], {}))).toEqual([
    0.1 + 0.2,
  ]);
});

test('activations agree with the kernels of the same name', () => {
  const r = random(1);
  for (let i = 0; i < 100; i++) {
    const value = 6 * r.normal();
    const x = of([value], 'float64');
    const pairs = [
      [applyActivation(value, { kind: 'relu' }), reference.relu([x], {})],
      [
        applyActivation(value, { kind: 'clip', min: -1, max: 2 }),
        reference.clip([x], { min: -1, max: 2 }),
      ],
      [
        applyActivation(value, { kind: 'silu' }),
        reference.mul([x, reference.sigmoid([x], {})], {}),
      ],
      [
        applyActivation(value, { kind: 'leakyRelu', alpha: 0.2 }),
        reference.prelu([x, scalar(0.2, 'float64')], {}),
      ],
      [
        applyActivation(value, { kind: 'hardSwish' }),
        reference.mul([x, reference.hardSigmoid([x], { alpha: 1 / 6, beta: 0.5 })], {}),
      ],
    ] as const;
    for (const [scalarResult, result] of pairs)
      expect(toNumbers(result)[0]).toBeCloseTo(scalarResult, 12);
  }
  expect(applyActivation(-3, undefined)).toBe(-3);
  expect(applyActivation(Number.NaN, { kind: 'relu' })).toBeNaN();
});

test('hand-computed functions', () => {
  const x = of([-1, 0, 2], 'float64');
  const e = Math.exp(-1);
  const close = (actual: number[], expected: number[]): void =>
    actual.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 12);
    });
  close(toNumbers(reference.elu([x], { alpha: 2 })), [2 * (e - 1), 0, 2]);
  close(toNumbers(reference.celu([x], { alpha: 2 })), [2 * (Math.exp(-0.5) - 1), 0, 2]);
  close(toNumbers(reference.selu([x], { alpha: 2, gamma: 3 })), [6 * (e - 1), 0, 6]);
  close(toNumbers(reference.softplus([x], {})), [
    Math.log(1 + e),
    Math.LN2,
    Math.log(1 + Math.exp(2)),
  ]);
  close(toNumbers(reference.softsign([x], {})), [-0.5, 0, 2 / 3]);
  expect(toNumbers(reference.softplus([of([1000, -1000])], {}))).toEqual([1000, 0]);
  expect(toNumbers(reference.isInf([of([1, -1 / 0, Number.NaN])], {}))).toEqual([0, 1, 0]);
  expect(toNumbers(reference.isNaN([of([1, -1 / 0, Number.NaN])], {}))).toEqual([0, 0, 1]);
});

test('integer arithmetic wraps like the typed array, exactly', () => {
  const r = random(9);
  for (const dtype of [
    'int8',
    'uint8',
    'int16',
    'uint16',
    'int32',
    'uint32',
    'int64',
    'uint64',
  ] as const) {
    const bits = Number(dtype.replace(/\D/g, ''));
    const wrap = dtype.startsWith('u') ? BigInt.asUintN : BigInt.asIntN;
    const draw = (): bigint =>
      wrap(
        bits,
        (BigInt(Math.floor(r.uniform() * 2 ** 32)) << 32n) |
          BigInt(Math.floor(r.uniform() * 2 ** 32)),
      );
    for (let i = 0; i < 50; i++) {
      const [a, b] = [draw(), draw()];
      const [x, y] = [tensor([a], [1], dtype), tensor([b], [1], dtype)];
      const got = (result: { readonly data: ArrayLike<number | bigint> }): bigint =>
        BigInt(result.data[0] as number);
      expect(got(reference.add([x, y], {}))).toBe(wrap(bits, a + b));
      expect(got(reference.sub([x, y], {}))).toBe(wrap(bits, a - b));
      expect(got(reference.mul([x, y], {}))).toBe(wrap(bits, a * b));
      expect(got(reference.div([x, y], {}))).toBe(b === 0n ? 0n : wrap(bits, a / b));
      expect(got(reference.bitwiseXor([x, y], {}))).toBe(wrap(bits, a ^ b));
      expect(got(reference.bitwiseNot([x], {}))).toBe(wrap(bits, ~a));
      expect(got(reference.less([x, y], {}))).toBe(a < b ? 1n : 0n);
      expect(got(reference.pow([x, tensor([3], [1], 'uint8')], {}))).toBe(wrap(bits, a ** 3n));
    }
  }
});

test('division, remainder, shifts, powers', () => {
  const a = of([7, -7, 7, -7], 'int32');
  const b = of([3, 3, -3, -3], 'int32');
  expect(toNumbers(reference.div([a, b], {}))).toEqual([2, -2, -2, 2]);
  expect(toNumbers(reference.mod([a, b], { truncated: false }))).toEqual([1, 2, -2, -1]);
  expect(toNumbers(reference.mod([a, b], { truncated: true }))).toEqual([1, -1, 1, -1]);
  expect(toNumbers(reference.mod([of([-0.5]), of([2])], { truncated: false }))).toEqual([1.5]);
  const wide = tensor([1n, 3n, 2n ** 63n], [3], 'uint64');
  expect(
    toNumbers(
      reference.bitShift([wide, tensor([63n, 64n, 63n], [3], 'uint64')], { direction: 'left' }),
    ),
  ).toEqual([2 ** 63, 0, 0]);
  expect(
    toNumbers(
      reference.bitShift([of([200, 200], 'uint8'), of([3, 8], 'uint8')], { direction: 'right' }),
    ),
  ).toEqual([25, 0]);
  expect(toNumbers(reference.pow([of([4, 9], 'int64'), of([0.5, -1])], {}))).toEqual([2, 0]);
  expect(toNumbers(reference.pow([of([2, 3]), of([3, -1], 'int64')], {}))).toEqual([
    8,
    Math.fround(1 / 3),
  ]);
});

test('broadcasting', () => {
  const column = tensor([10, 20], [2, 1]);
  const sum = reference.add([column, of([1, 2, 3])], {});
  expect([sum.shape, toNumbers(sum)]).toEqual([
    [2, 3],
    [11, 12, 13, 21, 22, 23],
  ]);
  const chosen = reference.where([tensor([1, 0], [2, 1], 'bool'), of([1, 2, 3]), scalar(0)], {});
  expect(toNumbers(chosen)).toEqual([1, 2, 3, 0, 0, 0]);
  expect(() => reference.add([column, tensor([1, 2, 3], [3, 1])], {})).toThrow(
    'add: shapes [2,1] and [3,1] do not broadcast',
  );
});

test('casts truncate and saturate floats, wrap integers', () => {
  const floats = of([-1.9, 300.5, Number.NaN, -1 / 0, 1 / 0, 0.2]);
  const cast = (dtype: DataType) => toNumbers(reference.cast([floats], { dtype }));
  expect(cast('uint8')).toEqual([0, 255, 0, 0, 255, 0]);
  expect(cast('int8')).toEqual([-1, 127, 0, -128, 127, 0]);
  expect(cast('int64')).toEqual([-1, 300, 0, -(2 ** 63), 2 ** 63, 0]);
  expect(cast('bool')).toEqual([1, 1, 1, 1, 1, 1]);
  const wide = tensor([2n ** 40n + 5n, -1n], [2], 'int64');
  expect(toNumbers(reference.cast([wide], { dtype: 'int32' }))).toEqual([5, -1]);
  expect(toNumbers(reference.cast([wide], { dtype: 'uint8' }))).toEqual([5, 255]);
  expect(toNumbers(reference.cast([of([-1], 'int8')], { dtype: 'uint64' }))).toEqual([2 ** 64]);
});
