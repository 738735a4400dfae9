import { type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import {
  createExecutor,
  type Dimension,
  type Node,
  type NodeOf,
  type Operand,
  type OpName,
  specialize,
  toTheEnd,
} from '../src/index.ts';
import { float, graphOf, int64, node } from './support.ts';

const known = (value: Tensor): Operand => ({ dtype: value.dtype, shape: value.shape, value });
const x = (...shape: Dimension[]): Operand => ({ dtype: 'float32', shape });

function attributesOf<Op extends OpName>(
  op: Op,
  attributes: NodeOf<Op>['attributes'],
  operands: readonly (Operand | undefined)[],
): unknown {
  const names = operands.map((operand, i) => (operand ? `v${i}` : ''));
  const result = specialize(node(op, names, 'y', attributes), operands);
  if (result && result.op !== op) expect(result.inputs).toEqual(['v0']);
  return result && { op: result.op, ...result.attributes };
}

const slice = (shape: Dimension[], ...options: number[][]): unknown =>
  attributesOf('dynamicSlice', {}, [
    x(...shape),
    ...options.map((values) => known(int64(...values))),
  ]);

const large = 2 ** 62;

test('slices clamp as ONNX Slice does', () => {
  const sliced = (starts: number[], sizes: number[], steps: number[]): unknown => ({
    op: 'slice',
    starts,
    sizes,
    steps,
  });
  expect(slice([20, 10, 5], [0, 0], [3, 10], [0, 1], [1, 1])).toEqual(
    sliced([0, 0, 0], [3, 10, 5], [1, 1, 1]),
  );
  expect(slice([20], [0], [1000])).toEqual(sliced([0], [20], [1]));
  expect(slice([20], [1000], [1000])).toEqual(sliced([20], [0], [1]));
  expect(slice([20], [-1], [large])).toEqual(sliced([19], [1], [1]));
  expect(slice([20, 10], [0], [-1], [-1])).toEqual(sliced([0, 0], [20, 9], [1, 1]));
  expect(slice([20], [-1], [-large], [0], [-1])).toEqual(sliced([19], [20], [-1]));
  expect(slice([20], [20], [0], [0], [-4])).toEqual(sliced([19], [5], [-4]));
  expect(slice([0], [-1], [-large], [0], [-1])).toMatchObject({ sizes: [0] });
  expect(slice([20], [5], [2])).toEqual(sliced([5], [0], [1]));
  expect(() => slice([20], [0], [1], [0], [0])).toThrow('step 0');
  expect(() => slice([20], [0], [1], [1])).toThrow('axis 1');
  expect(() => slice([20], [0, 0], [1, 1])).toThrow('slice of rank 1');
});

test('slices of open sizes become bounds, unless they count from the end', () => {
  expect(slice(['N', 8], [0], [large], [1], [2])).toEqual({
    op: 'slice',
    starts: [0, 0],
    sizes: [toTheEnd, 4],
    steps: [1, 2],
  });
  expect(slice(['N'], [2], [10])).toEqual({ op: 'slice', starts: [2], sizes: [8], steps: [1] });
  expect(slice(['N'], [-1], [large])).toBeUndefined();
  expect(slice(['N'], [0], [-1])).toBeUndefined();
  expect(
    attributesOf('dynamicSlice', {}, [{ dtype: 'float32' }, known(int64(0)), known(int64(1))]),
  ).toBeUndefined();
  expect(
    attributesOf('dynamicSlice', {}, [x(4), known(int64(0)), { dtype: 'int64' }]),
  ).toBeUndefined();
});

test('a bounded slice clamps to what is there', () => {
  const attributes = { starts: [2, 0], sizes: [8, toTheEnd], steps: [1, 2] };
  const graph = graphOf([float('x', ['N', 'M'])], [node('slice', ['x'], 'y', attributes)], ['y']);
  const executor = createExecutor(graph);
  const run = (rows: number, columns: number): Tensor =>
    executor.run({
      x: tensor(
        Array.from({ length: rows * columns }, (_, i) => i),
        [rows, columns],
      ),
    }).y as Tensor;
  expect(run(4, 3).shape).toEqual([2, 2]);
  expect(toNumbers(run(4, 3))).toEqual([6, 8, 9, 11]);
  expect(run(20, 1).shape).toEqual([8, 1]);
  expect(run(1, 3).shape).toEqual([0, 2]);
});

test('pads go to their axes', () => {
  const pad = (...operands: (Operand | undefined)[]): unknown =>
    attributesOf('dynamicPad', { mode: 'constant' }, operands);
  expect(pad({ dtype: 'float32' }, known(int64(1, 2, 3, 4)), known(tensor([9], [])))).toEqual({
    op: 'pad',
    mode: 'constant',
    before: [1, 2],
    after: [3, 4],
    value: 9,
  });
  expect(pad(x('N', 2, 3), known(int64(1, 2)), undefined, known(int64(-1)))).toMatchObject({
    before: [0, 0, 1],
    after: [0, 0, 2],
    value: 0,
  });
  expect(() => pad(x(2, 3), known(int64(1, 2)), undefined, known(int64(0, 1)))).toThrow(
    '2 pads for 2 axes',
  );
});

test('sizes, scales and aspect of a resize', () => {
  const resize = (
    operands: readonly (Operand | undefined)[],
    more: Partial<NodeOf<'dynamicResize'>['attributes']> = {},
  ): unknown =>
    attributesOf(
      'dynamicResize',
      {
        mode: 'linear',
        coordinates: 'half_pixel',
        nearest: 'floor',
        cubicCoefficient: -0.75,
        excludeOutside: false,
        keepAspect: 'stretch',
        ...more,
      },
      operands,
    );
  const input = x(1, 2, 5, 8);
  expect(resize([input, known(tensor([1, 1, 0.5, 2]))])).toMatchObject({
    op: 'resize',
    shape: [1, 2, 2, 16],
    scales: [1, 1, 0.5, 2],
  });
  expect(resize([input, undefined, known(int64(1, 2, 10, 4))])).toMatchObject({
    shape: [1, 2, 10, 4],
    scales: [1, 1, 2, 0.5],
  });
  // An empty scales tensor counts as absent (opset 11).
  expect(resize([input, known(tensor([], [0])), known(int64(1, 2, 10, 4))])).toMatchObject({
    shape: [1, 2, 10, 4],
  });
  const sizes = known(int64(7, 8));
  const axes = [2, -1];
  expect(resize([input, undefined, sizes], { axes, keepAspect: 'not_larger' })).toMatchObject({
    shape: [1, 2, 5, 8],
    scales: [1, 1, 1, 1],
  });
  expect(resize([input, undefined, sizes], { axes, keepAspect: 'not_smaller' })).toMatchObject({
    shape: [1, 2, 7, 11],
    scales: [1, 1, 1.4, 1.4],
  });
  expect(resize([x('N', 2, 5, 8), known(tensor([1, 1, 2, 2]))])).toBeUndefined();
  expect(() => resize([input])).toThrow('expected scales or sizes');
  expect(() => resize([input, undefined, sizes])).toThrow('for 4 axes');
});

test('reductions, clips and the rest', () => {
  const reduce = { kernel: 'reduceSum', keepAxes: true, noopWithEmptyAxes: false } as const;
  expect(attributesOf('dynamicReduce', reduce, [x('N', 3, 4), known(int64(-1, 1))])).toEqual({
    op: 'reduceSum',
    axes: [1, 2],
    keepAxes: true,
  });
  expect(attributesOf('dynamicReduce', reduce, [x('N', 3)])).toEqual({
    op: 'reduceSum',
    axes: [0, 1],
    keepAxes: true,
  });
  expect(
    attributesOf('dynamicReduce', { ...reduce, noopWithEmptyAxes: true }, [x('N', 3)]),
  ).toMatchObject({ axes: [] });
  expect(attributesOf('dynamicClip', {}, [x(1), undefined, known(tensor([6], []))])).toEqual({
    op: 'clip',
    min: Number.NEGATIVE_INFINITY,
    max: 6,
  });
  expect(attributesOf('dynamicClip', {}, [{ dtype: 'uint8', shape: [1] }])).toEqual({
    op: 'clip',
    min: 0,
    max: 255,
  });
  expect(
    attributesOf('dynamicClip', {}, [
      { dtype: 'int16', shape: [1] },
      known(tensor([3], [], 'int16')),
    ]),
  ).toEqual({ op: 'clip', min: 3, max: 32767 });
  expect(
    attributesOf('dynamicCumulativeSum', {}, [x(2, 3), known(tensor([-1], [], 'int64'))]),
  ).toEqual({ op: 'cumulativeSum', axis: 1 });
  expect(attributesOf('dynamicTile', {}, [x('N'), known(int64(3))])).toEqual({
    op: 'tile',
    repeats: [3],
  });
  expect(attributesOf('dynamicExpand', {}, [x('N'), known(int64(2, 1))])).toEqual({
    op: 'expand',
    shape: [2, 1],
  });
  expect(attributesOf('dynamicSqueeze', {}, [x(1)])).toEqual({ op: 'squeeze', axes: undefined });
  expect(
    attributesOf('dynamicUnsqueeze', {}, [x(1), { dtype: 'int64', shape: [1] }]),
  ).toBeUndefined();
  const relu = node('relu', ['x'], 'y', {});
  expect(specialize(relu, [x(1)])).toBe(relu);
});

test('a dynamic node with computed options runs', () => {
  const nodes: Node[] = [
    node('shape', ['x'], 's', { start: 0 }),
    node('dynamicSlice', ['s', 'one', 'two'], 'columns', {}),
    node('concat', ['columns', 'minus'], 'target', { axis: 0 }),
    node('dynamicReshape', ['x', 'target'], 'y', { allowZero: false }),
  ];
  const graph = graphOf([float('x', ['N', 'M'])], nodes, ['y'], {
    one: int64(1),
    two: int64(2),
    minus: int64(-1),
  });
  const y = createExecutor(graph).run({ x: tensor([1, 2, 3, 4, 5, 6], [2, 3]) }).y;
  expect(y?.shape).toEqual([3, 2]);
});
