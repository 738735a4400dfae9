import { expect, test } from 'vitest';
import { quantizeConfigOf } from '../src/options/quantize-arguments.ts';

test('--observer is for activations; weights have their own', () => {
  const plain = quantizeConfigOf({});
  // The scheme has its own default.
  expect(plain.weights.observer).toBeUndefined();
  expect(plain.activations?.observer).toBe('mse');
  const chosen = quantizeConfigOf({ observer: 'percentile', 'weight-observer': 'mse' });
  expect(chosen.weights.observer).toBe('mse');
  expect(chosen.activations?.observer).toBe('percentile');
});

test('float activations and ends of their own width', () => {
  const config = quantizeConfigOf({ weights: '4', activations: 'float', 'first-last': '6' });
  expect(config.activations).toBeUndefined();
  expect(config.weights.bits).toBe(4);
  expect(config.firstLayer?.weights).toBe(6);
  expect(() => quantizeConfigOf({ weights: '9' })).toThrow('weights');
});

test('--scheme says which levels weights have', () => {
  expect(quantizeConfigOf({}).weights).toMatchObject({ scheme: 'uniform', bits: 8 });
  const apot = quantizeConfigOf({ scheme: 'apot', weights: '4' });
  expect(apot.weights).toMatchObject({ scheme: 'apot', bits: 4 });
  expect(quantizeConfigOf({ scheme: 'ternary' }).weights).toMatchObject({ bits: 2 });
  expect(() => quantizeConfigOf({ scheme: 'ternary', weights: '4' })).toThrow(
    /--weights 4: expected 2 with --scheme ternary/,
  );
  expect(() => quantizeConfigOf({ scheme: 'apto' })).toThrow(/scheme/);
});
