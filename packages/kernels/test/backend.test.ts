import { heap, tensor, toNumbers, zeros } from '@subbyte/tensor';
import { afterEach, expect, test } from 'vitest';
import {
  type Backend,
  forwardKernelNames,
  getBackend,
  type KernelName,
  kernelDataType,
  kernelShapes,
  kernels,
  reference,
  setBackend,
} from '../src/index.ts';

afterEach(() => setBackend(undefined));

test('kernels go to the backend in use, and to the reference where it has none', () => {
  const backend: Backend = {
    name: 'odd',
    kernels: { relu: () => tensor([42]) },
    zeros: (shape, dtype) => zeros(shape, dtype),
    upload: (input) => (input.storage.owner === heap ? input : input),
  };
  expect(toNumbers(kernels.relu([tensor([-1])], {}))).toEqual([0]);
  setBackend(backend);
  expect(getBackend()).toBe(backend);
  expect(toNumbers(kernels.relu([tensor([-1])], {}))).toEqual([42]);
  expect(toNumbers(kernels.neg([tensor([-1])], {}))).toEqual([1]);
});

test('shape and data type rules exist for every kernel and refuse missing operands', () => {
  const names = Object.keys(reference) as KernelName[];
  for (const table of [kernelShapes, kernelDataType]) {
    expect(Object.keys(table).sort()).toEqual([...names].sort());
  }
  for (const name of names) {
    const call = kernelShapes[name] as (operands: [], options: object) => unknown;
    expect(() => call([], {}), name).toThrow(new RegExp(`^${name}: .*(missing|at least one)`));
  }
});

test('the forward kernels are those that networks are made of', () => {
  const names: readonly string[] = forwardKernelNames;
  expect(names).toContain('conv2d');
  expect(names.filter((name) => /Gradient$|Update$|Statistics$/.test(name))).toEqual([]);
  const training = Object.keys(reference).filter((name) => !names.includes(name));
  expect(training).toHaveLength(35);
  expect(names.length + training.length).toBe(Object.keys(reference).length);
});
