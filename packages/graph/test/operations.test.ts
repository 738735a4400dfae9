import { scalar, type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { createExecutor, inferTypes, type NodeOf, type OpName } from '../src/index.ts';
import { graphOf, int64, node } from './support.ts';

/** Runs one node on these operands; what was inferred must fit what comes out. */
function run<Op extends OpName>(
  op: Op,
  attributes: NodeOf<Op>['attributes'],
  operands: readonly (Tensor | undefined)[],
  results = 1,
): Tensor[] {
  const names = operands.map((value, i) => (value ? `in${i}` : ''));
  const outputs = Array.from({ length: results }, (_, i) => `out${i}`);
  const given = operands.flatMap((value, i) => (value ? [[`in${i}`, value] as const] : []));
  const inputs = given.map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  const graph = graphOf(inputs, [node(op, names, outputs, attributes)], outputs);
  const values = createExecutor(graph).run(Object.fromEntries(given));
  // With the operands as constants their elements are known as well.
  const fixed = graphOf([], graph.nodes, outputs, Object.fromEntries(given));
  const types = inferTypes(fixed);
  const constant = createExecutor(fixed).run({});
  return outputs.map((name) => {
    const value = values[name] as Tensor;
    expect(types.get(name)).toEqual({ dtype: value.dtype, shape: value.shape });
    expect(toNumbers(constant[name] as Tensor)).toEqual(toNumbers(value));
    return value;
  });
}

const shapeOf = (tensors: Tensor[]): readonly number[] | undefined => tensors[0]?.shape;
const numbers = (tensors: Tensor[]): number[] => toNumbers(tensors[0] as Tensor);
const zeros = (...shape: number[]): Tensor =>
  tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

test('views', () => {
  const x = zeros(2, 3, 4);
  expect(shapeOf(run('reshape', { shape: [0, -1], allowZero: false }, [x]))).toEqual([2, 12]);
  expect(shapeOf(run('reshape', { shape: [4, 3, 2], allowZero: false }, [x]))).toEqual([4, 3, 2]);
  expect(shapeOf(run('reshape', { shape: [0, 4], allowZero: true }, [zeros(0, 3)]))).toEqual([
    0, 4,
  ]);
  expect(() => run('reshape', { shape: [5, -1], allowZero: false }, [x])).toThrow(
    'cannot reshape [2,3,4]',
  );
  expect(() => run('reshape', { shape: [2, 3], allowZero: false }, [x])).toThrow('cannot reshape');
  expect(() => run('reshape', { shape: [-1, -1], allowZero: false }, [x])).toThrow(
    'cannot reshape',
  );
  expect(() => run('reshape', { shape: [-2, -12], allowZero: false }, [x])).toThrow(
    'cannot reshape',
  );
  expect(shapeOf(run('flatten', { axis: 2 }, [x]))).toEqual([6, 4]);
  expect(shapeOf(run('flatten', { axis: 0 }, [x]))).toEqual([1, 24]);
  expect(shapeOf(run('flatten', { axis: 3 }, [x]))).toEqual([24, 1]);
  expect(shapeOf(run('flatten', { axis: -1 }, [x]))).toEqual([6, 4]);
  expect(shapeOf(run('squeeze', {}, [zeros(1, 3, 1)]))).toEqual([3]);
  expect(shapeOf(run('squeeze', { axes: [-1] }, [zeros(1, 3, 1)]))).toEqual([1, 3]);
  expect(() => run('squeeze', { axes: [1] }, [x])).toThrow('expected size 1');
  expect(shapeOf(run('unsqueeze', { axes: [0, -1] }, [zeros(3)]))).toEqual([1, 3, 1]);
  expect(() => run('unsqueeze', { axes: [0, -3] }, [zeros(3, 2, 1)])).not.toThrow();
  expect(() => run('unsqueeze', { axes: [0, -5] }, [zeros(3, 2, 1)])).toThrow('each once');
});

test('questions about shapes', () => {
  expect(numbers(run('shape', { start: 0 }, [zeros(2, 3, 4)]))).toEqual([2, 3, 4]);
  expect(numbers(run('shape', { start: -2, end: 10 }, [zeros(2, 3, 4)]))).toEqual([3, 4]);
  expect(numbers(run('shape', { start: 1, end: -1 }, [zeros(2, 3, 4)]))).toEqual([3]);
  const [size] = run('size', {}, [zeros(2, 3, 4)]);
  expect([size?.dtype, size?.shape, size && toNumbers(size)]).toEqual(['int64', [], [24]]);
});

test('filled tensors and ranges', () => {
  const [filled] = run('constantOfShape', { dtype: 'int64', value: 7 }, [int64(2, 2)]);
  expect(filled?.shape).toEqual([2, 2]);
  expect(filled?.data).toEqual(new BigInt64Array([7n, 7n, 7n, 7n]));
  expect(numbers(run('constantOfShape', { dtype: 'float32', value: 0.5 }, [int64()]))).toEqual([
    0.5,
  ]);
  const range = (type: 'int64' | 'float32', ...values: number[]): number[] =>
    numbers(
      run(
        'range',
        {},
        values.map((value) => scalar(value, type)),
      ),
    );
  expect(range('int64', 3, 9, 3)).toEqual([3, 6]);
  expect(range('int64', 10, 4, -2)).toEqual([10, 8, 6]);
  expect(range('float32', 0, 1, 0.25)).toEqual([0, 0.25, 0.5, 0.75]);
  expect(range('int64', 3, 3, 1)).toEqual([]);
  expect(() => range('int64', 0, 1, 0)).toThrow('step 0');
});

test('split', () => {
  const x = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [2, 5]);
  const parts = run('split', { axis: -1 }, [x], 2);
  expect(parts.map(toNumbers)).toEqual([
    [1, 2, 3, 6, 7, 8],
    [4, 5, 9, 10],
  ]);
  expect(run('split', { axis: 1, sizes: [1, 4] }, [x], 2).map(({ shape }) => shape)).toEqual([
    [2, 1],
    [2, 4],
  ]);
  expect(() => run('split', { axis: 1, sizes: [1, 3] }, [x], 2)).toThrow('split of 5 into 2 parts');
});

test('positions that are not 0', () => {
  expect(numbers(run('nonZero', {}, [tensor([1, 0, 1, 1], [2, 2])]))).toEqual([0, 1, 1, 0, 0, 1]);
  expect(shapeOf(run('nonZero', {}, [zeros(2, 2)]))).toEqual([2, 0]);
});

test('top k', () => {
  const x = tensor([3, 1, 3, 2, 0, 1, 2, 3], [2, 4]);
  const top = (k: number, largest: boolean, axis = -1): number[][] =>
    run('topK', { axis, largest, sorted: true }, [x, int64(k)], 2).map(toNumbers);
  expect(top(2, true)).toEqual([
    [3, 3, 3, 2],
    [0, 2, 3, 2],
  ]);
  expect(top(2, false)).toEqual([
    [1, 2, 0, 1],
    [1, 3, 0, 1],
  ]);
  expect(top(1, true, 0)).toEqual([
    [3, 1, 3, 3],
    [0, 0, 0, 1],
  ]);
  expect(() => top(5, true)).toThrow('k = 5');
});

test('axes of kernels may count from the end', () => {
  const x = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
  expect(numbers(run('reduceSum', { axes: [-1], keepAxes: false }, [x]))).toEqual([6, 15]);
  expect(numbers(run('reduceMax', { axes: [-1, 0], keepAxes: false }, [x]))).toEqual([6]);
  expect(numbers(run('argMax', { axis: -1, keepAxes: false, selectLast: false }, [x]))).toEqual([
    2, 2,
  ]);
  expect(shapeOf(run('concat', { axis: -1 }, [x, x]))).toEqual([2, 6]);
  expect(numbers(run('gather', { axis: -1 }, [x, int64(2)]))).toEqual([3, 6]);
  expect(numbers(run('cumulativeSum', { axis: -1 }, [x]))).toEqual([1, 3, 6, 4, 9, 15]);
  expect(() => run('softmax', { axis: 2 }, [x])).toThrow(/softmax "out0": .*axis 2/);
});
