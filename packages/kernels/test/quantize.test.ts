import { random, randomNormal, tensor, toNumbers, zeros } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { reference } from '../src/index.ts';

const one = { axis: 0, groupSize: 0 } as const;
const int8 = { ...one, dtype: 'int8', min: -128, max: 127 } as const;

test('codes round half to even, saturate, and NaN gives the smallest', () => {
  const x = tensor([
    0.25,
    0.75,
    1.25,
    -0.25,
    -0.75,
    100,
    -100,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
  expect(toNumbers(reference.quantizeLinear([x, tensor([0.5])], int8))).toEqual([
    0, 2, 2, 0, -2, 127, -128, -128, 127, -128,
  ]);
  const zero = tensor([10], [1], 'uint8');
  const uint4 = { ...one, dtype: 'uint8', min: 0, max: 15 } as const;
  expect(toNumbers(reference.quantizeLinear([x, tensor([0.5]), zero], uint4))).toEqual([
    10, 12, 12, 10, 8, 15, 0, 0, 15, 0,
  ]);
});

test('the quotient is rounded to float32 before it is rounded to a code', () => {
  // In float32 the quotient is exactly 2.5, in double precision it lies above: 2 against 3.
  const [x, scale] = [Math.fround(0.0475), Math.fround(0.019)];
  expect([x / scale > 2.5, Math.fround(x / scale)]).toEqual([true, 2.5]);
  expect(toNumbers(reference.quantizeLinear([tensor([x]), tensor([scale])], int8))).toEqual([2]);
});

test('codes decode by hand, per channel and per group', () => {
  const codes = tensor([1, 2, 3, 4, 5, 6], [2, 3], 'int8');
  const perChannel = reference.dequantizeLinear(
    [codes, tensor([1, 10, 100]), tensor([0, 1, 2], [3], 'int8')],
    { axis: 1, groupSize: 0 },
  );
  expect(toNumbers(perChannel)).toEqual([1, 10, 100, 4, 40, 400]);
  const perGroup = reference.dequantizeLinear([codes, tensor([1, 10, 100, 1000], [2, 2])], {
    axis: 1,
    groupSize: 2,
  });
  expect(toNumbers(perGroup)).toEqual([1, 2, 30, 400, 500, 6000]);
});

test('fake quantization equals quantize then dequantize, bit for bit, and stays on the grid', () => {
  const r = random(11);
  const x = randomNormal([6, 10], r, 0.3, 2);
  for (const [scaleShape, options] of [
    [[], one],
    [[6], one],
    [[10], { axis: 1, groupSize: 0 }],
    [[6, 4], { axis: 1, groupSize: 3 }],
  ] as const) {
    for (const [min, max] of [
      [0, 3],
      [0, 15],
      [0, 255],
    ] as const) {
      const scale = zeros(scaleShape);
      const zeroPoint = zeros(scaleShape);
      for (let i = 0; i < scale.size; i++) {
        scale.data[i] = (0.5 + r.uniform()) * (8 / (max - min));
        zeroPoint.data[i] = min + r.integer(max - min + 1);
      }
      const integerZero = reference.cast([zeroPoint], { dtype: 'uint8' });
      const codes = reference.quantizeLinear([x, scale, integerZero], {
        ...options,
        dtype: 'uint8',
        min,
        max,
      });
      const decoded = reference.dequantizeLinear([codes, scale, integerZero], options);
      const fake = reference.fakeQuantizeUniform([x, scale, zeroPoint], { ...options, min, max });
      expect(fake.data).toEqual(decoded.data);
      expect(
        reference.fakeQuantizeUniform([fake, scale, zeroPoint], { ...options, min, max }).data,
      ).toEqual(fake.data);
    }
  }
});

test('scales that do not cover the tensor are refused', () => {
  const x = tensor(new Float32Array(12), [3, 4]);
  expect(() => reference.quantizeLinear([x, tensor([1, 1])], int8)).toThrow(
    'quantizeLinear: scale [2] does not cover axis 0 of x [3, 4]: [3]',
  );
  expect(() =>
    reference.dequantizeLinear([reference.cast([x], { dtype: 'int8' }), tensor([1, 1], [1, 2])], {
      axis: 1,
      groupSize: 4,
    }),
  ).toThrow('groups of 4 along axis 1');
});
