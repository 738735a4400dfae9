import { type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import {
  type AdamUpdateOptions,
  KernelError,
  reference,
  type SgdUpdateOptions,
} from '../../src/index.ts';

const one = (value: number): Tensor => tensor([value], [1], 'float64');
const gradients = [0.5, -1, 0.25];

/** Parameter and velocity after each of three steps from 1. */
function sgd(change: Partial<SgdUpdateOptions>): number[][] {
  const options = { rate: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0, ...change };
  const [parameter, velocity] = [one(1), one(0)];
  return gradients.map((gradient) => {
    expect(reference.sgdUpdate([parameter, one(gradient), velocity], options)).toBe(parameter);
    return [...toNumbers(parameter), ...toNumbers(velocity)];
  });
}

/** Parameter and both moments after each of three steps from 1. */
function adam(change: Partial<AdamUpdateOptions>): number[][] {
  const [parameter, mean, square] = [one(1), one(0), one(0)];
  return gradients.map((gradient, i) => {
    const result = reference.adamUpdate([parameter, one(gradient), mean, square], {
      rate: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      decoupled: false,
      step: i + 1,
      ...change,
    });
    expect(result).toBe(parameter);
    return [parameter, mean, square].flatMap(toNumbers);
  });
}

function expectClose(actual: number[][], expected: number[][]): void {
  for (const [i, row] of expected.entries()) {
    for (const [k, value] of row.entries()) expect(actual[i]?.[k]).toBeCloseTo(value, 12);
  }
}

test('SGD: plain, with momentum, nesterov, decay', () => {
  expectClose(sgd({ momentum: 0 }), [[0.95], [1.05], [1.025]]);
  expectClose(sgd({}), [
    [0.95, 0.5],
    [1.005, -0.55],
    [1.0295, -0.245],
  ]);
  expectClose(sgd({ nesterov: true }), [
    [0.905, 0.5],
    [1.0545, -0.55],
    [1.05155, -0.245],
  ]);
  expectClose(sgd({ weightDecay: 0.1 }), [
    [0.94, 0.6],
    [0.9766, -0.366],
    [0.974774, 0.01826],
  ]);
  expectClose(sgd({ nesterov: true, weightDecay: 0.1 }), [
    [0.886, 0.6],
    [1.010566, -0.3714],
    [0.973948646, 0.0167966],
  ]);
});

test('Adam, Adam with decay, AdamW', () => {
  expectClose(adam({}), [
    [0.900000002, 0.05, 0.00025],
    [0.936610354240566, -0.055, 0.00124975],
    [0.950279420338976, -0.0245, 0.00131100025],
  ]);
  expectClose(adam({ weightDecay: 0.1 }), [
    [0.900000001666667, 0.06, 0.00036],
    [0.925263519445606, -0.036999999983333, 0.001187739999697],
    [0.92473057426871, 0.000952635209456, 0.001303876561473],
  ]);
  expectClose(adam({ weightDecay: 0.1, decoupled: true }), [
    [0.890000002, 0.05, 0.00025],
    [0.91771035422056, -0.055, 0.00124975],
    [0.922202316776771, -0.0245, 0.00131100025],
  ]);
  expect(() => adam({ step: 0 })).toThrow(KernelError);
  expect(() => adam({ step: 1.5 })).toThrow('adamUpdate: step [1.5]');
});

test('blend and accumulate write the target, also onto itself', () => {
  const [target, source] = [tensor([1, 2]), tensor([5, -2])];
  expect(reference.blendUpdate([target, source], { decay: 0.75 })).toBe(target);
  expect(toNumbers(target)).toEqual([2, 1]);
  expect(reference.accumulateUpdate([target, source], {})).toBe(target);
  expect(toNumbers(target)).toEqual([7, -1]);
  reference.accumulateUpdate([target, target], {});
  expect(toNumbers(target)).toEqual([14, -2]);
  expect(toNumbers(source)).toEqual([5, -2]);
});

test('a refused update writes nothing', () => {
  const target = tensor([1, 2]);
  expect(() => reference.accumulateUpdate([target, tensor([1])], {})).toThrow(KernelError);
  expect(() => reference.blendUpdate([target, tensor([1, 2, 3])], { decay: 0 })).toThrow(
    'blendUpdate: source has shape [3], expected [2]',
  );
  expect(toNumbers(target)).toEqual([1, 2]);
});
