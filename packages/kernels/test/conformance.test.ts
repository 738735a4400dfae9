import { type Tensor, tensor, toHeap, toNumbers, zeros } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { casesFor, checkCase, conformanceCases } from '../src/conformance/index.ts';
import { type KernelName, reference } from '../src/index.ts';

test('names are unique, every kernel has cases, and they run within the reference itself', () => {
  expect(new Set(conformanceCases.map(({ name }) => name)).size).toBe(conformanceCases.length);
  const covered = new Set(conformanceCases.map(({ kernel }) => kernel));
  expect((Object.keys(reference) as KernelName[]).filter((kernel) => !covered.has(kernel))).toEqual(
    [],
  );
  for (const one of conformanceCases) checkCase(one, reference);
});

test('operands are the same at every call', () => {
  for (const one of conformanceCases.slice(0, 40)) {
    expect(one.operands().map((x) => x && toNumbers(x))).toEqual(
      one.operands().map((x) => x && toNumbers(x)),
    );
  }
});

test('a kernel that writes in place must write the right operands, and return the first', () => {
  const one = conformanceCases.find(({ name }) => name === 'sgdUpdate: momentum [3]');
  if (!one) throw new Error('the case was renamed');
  type Update = typeof reference.sgdUpdate;
  const wrong: Record<string, Update> = {
    'did not return operand 0': (operands, options) =>
      toHeap(reference.sgdUpdate(operands, options)),
    'element 0 of [3]': ([parameter]) => parameter,
    'element 2 of operand 2 became 99': (operands, options) => {
      const result = reference.sgdUpdate(operands, options);
      operands[2].data[2] = 99;
      return result;
    },
    'changed operand 1': (operands, options) => {
      const result = reference.sgdUpdate(operands, options);
      operands[1].data[0] = 0;
      return result;
    },
  };
  for (const [message, kernel] of Object.entries(wrong)) {
    expect(() => checkCase(one, { sgdUpdate: kernel })).toThrow(message);
  }
});

const add = conformanceCases.find(({ name }) => name === 'add: [17] and [17]');
const refused = conformanceCases.find(({ kernel, rejected }) => kernel === 'add' && rejected);

test('a wrong value, shape, data type, operand or acceptance is found', () => {
  if (!add || !refused) throw new Error('the cases were renamed');
  const wrong: Record<string, (operands: readonly [Tensor, Tensor]) => Tensor> = {
    'element 3': (operands) => {
      const result = reference.add(operands, {});
      result.data[3] = 99;
      return result;
    },
    'expected float32': ([a]) => zeros([a.size, 1]),
    'gave float64': ([a]) => zeros(a.shape, 'float64'),
    'returned operand 0': ([a, b]) => {
      const sum = reference.add([a, b], {});
      (a.data as Float32Array).set(sum.data as Float32Array);
      return a;
    },
    'changed operand 1': ([a, b]) => {
      const result = reference.add([a, b], {});
      b.data[0] = 5;
      return result;
    },
  };
  for (const [message, kernel] of Object.entries(wrong)) {
    expect(() => checkCase(add, { add: kernel })).toThrow(message);
  }
  expect(() => checkCase(refused, { add: () => tensor([1]) })).toThrow('expected a KernelError');
  const careless: typeof reference.add = (operands, options) => {
    operands[0].data[0] = 5;
    return reference.add(operands, options);
  };
  expect(() => checkCase(refused, { add: careless })).toThrow('changed operand 0');
  expect(() => checkCase(add, {})).toThrow('no add');
  expect(casesFor({ add: reference.add }).every(({ kernel }) => kernel === 'add')).toBe(true);
});
