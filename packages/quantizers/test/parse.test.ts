import { tensor } from '@subbyte/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  apot,
  parseQuantizer,
  perChannel,
  QuantizerError,
  ternary,
  uniform,
} from '../src/index.ts';

const good = uniform({ bits: 4, granularity: perChannel(0) }).fit(tensor([1, 2, 3, 4], [2, 2]));

test('text and value both parse to the same plain data', () => {
  expect(parseQuantizer(good)).toEqual(good);
  expect(parseQuantizer(JSON.stringify(good))).toEqual(good);
});

test.each([
  ['version', 2],
  ['scheme', 'apot'],
  ['bits', 0],
  ['bits', 3.5],
  ['bits', '4'],
  ['signed', 1],
  ['narrow', null],
  ['granularity', { kind: 'perRow' }],
  ['granularity', { kind: 'perChannel', axis: -1 }],
  ['granularity', { kind: 'perGroup', axis: 0, size: 0 }],
  ['granularity', { kind: 'perGroup', axis: 1, size: 2 }],
  ['granularity', { kind: 'perTensor' }],
  ['scaleShape', [3]],
  ['scaleShape', [1e9, 1e9]],
  ['scaleShape', [-2]],
  ['scale', [1, 0]],
  ['scale', [1, 0.1]],
  ['scale', [1, null]],
  ['scale', [1]],
  ['scale', 'ab'],
  ['zeroPoint', [0, 8]],
  ['zeroPoint', [0, 0.5]],
  ['zeroPoint', [0, 0, 0]],
])('rejects %s = %j by name', (field, value) => {
  const bad = { ...good, [field]: value };
  expect(() => parseQuantizer(bad)).toThrow(QuantizerError);
  expect(() => parseQuantizer(bad)).toThrow(/expected/);
});

const apotGood = apot({ bits: 4, granularity: perChannel(0) }).fit(tensor([1, 2, 3, 4], [2, 2]));

test.each([
  ['bits', 0],
  ['bits', 9],
  ['signed', 'yes'],
  ['termBits', 0],
  ['termBits', 2.5],
  ['termBits', undefined],
  // Three magnitude bits are no whole number of terms of five.
  ['termBits', 5],
  ['scale', [1]],
  ['scale', [-1, 1]],
  ['scale', [1, 2 ** 127]],
  ['scaleShape', []],
])('rejects %s = %j of APoT levels by name', (field, value) => {
  const bad = { ...apotGood, [field]: value };
  expect(() => parseQuantizer(bad)).toThrow(QuantizerError);
  expect(() => parseQuantizer(bad)).toThrow(/expected/);
});

const ternaryGood = ternary({ granularity: perChannel(0) }).fit(tensor([1, 2, 3, 4], [2, 2]));

test.each([
  ['bits', 3],
  ['scale', [0, 1]],
  ['scale', [1, Number.POSITIVE_INFINITY]],
  ['offset', [0]],
  ['offset', [0, 0.1]],
  ['offset', [0, Number.NaN]],
  ['offset', [Math.fround(3.4e38), 0]],
  ['offset', undefined],
])('rejects %s = %j of ternary codes by name', (field, value) => {
  const bad = { ...ternaryGood, scale: [2 ** 127, 1], [field]: value };
  expect(() => parseQuantizer(bad)).toThrow(QuantizerError);
  expect(() => parseQuantizer(bad)).toThrow(/expected/);
});

test('anything at all is parsed or a typed error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.json(), fc.string()), (value) => {
      expect(() => parseQuantizer(value)).toThrow(QuantizerError);
    }),
  );
});
