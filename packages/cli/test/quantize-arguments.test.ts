import { expect, test } from 'vitest';
import { quantizeConfigOf } from '../src/options/quantize-arguments.ts';

test('--observer is for activations; weights have their own', () => {
  const plain = quantizeConfigOf({});
  expect(plain.weights.observer).toBe('minMax');
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
