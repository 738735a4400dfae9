import { expect, test } from 'vitest';
import { integerOps, type Node, placementOf } from '../src/index.ts';

test('the operations that engines have integer kernels for', () => {
  expect(integerOps).toEqual([
    'conv2d',
    'convTranspose2d',
    'matmul',
    'averagePool2d',
    'add',
    'mul',
    'concat',
    'reduceMean',
  ]);
});

test('a mean is pooling over height and width only; padding must be with zeros', () => {
  const mean = (axes: number[]): Node => ({
    op: 'reduceMean',
    name: 'm',
    inputs: ['x'],
    outputs: ['y'],
    attributes: { axes, keepAxes: true },
  });
  expect(placementOf(mean([2, 3]))).toBe('integer');
  expect(placementOf(mean([2]))).toBe('float');
  const pad = (value: number): Node => ({
    op: 'pad',
    name: 'p',
    inputs: ['x'],
    outputs: ['y'],
    attributes: { mode: 'constant', before: [1], after: [1], value },
  });
  expect(placementOf(pad(0))).toBe('layout');
  expect(placementOf(pad(1))).toBe('float');
});
