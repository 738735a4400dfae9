import { mean, mul, record, square, sum, add as sumOf, valueAndGrad } from '@subbyte/autograd';
import { setBackend } from '@subbyte/kernels';
import {
  advance,
  random,
  scope,
  type Tensor,
  type Tree,
  tensor,
  toNumbers,
  zeros,
} from '@subbyte/tensor';
import { afterEach, expect, test } from 'vitest';
import {
  createExecutor,
  differentiable,
  type Graph,
  GraphError,
  simplify,
  trainableConstants,
  withConstants,
} from '../src/index.ts';
import { countingBackend } from './counting-backend.ts';
import { float, graphOf, int64, node } from './support.ts';

afterEach(() => setBackend(undefined));

const stream = random(11);
type FloatType = 'float32' | 'float64';

function uniform(shape: readonly number[], dtype: FloatType, low = -1, high = 1): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Array.from({ length: size }, () => low + (high - low) * stream.uniform());
  return tensor(values, shape, dtype);
}

const conv3x3 = {
  strides: [1, 1],
  dilations: [1, 1],
  padding: [1, 1, 1, 1],
  groups: 1,
} as const;

/** Convolution, batch norm, skip connection, strided slice, pool, dynamic reshape, split, layer. */
function network(dtype: FloatType): Graph {
  const plain = { transposeA: false, transposeB: false };
  const halves = { starts: [0, 0, 0, 0], sizes: [9, 4, 2, 2], steps: [1, 1, 2, 2] };
  return graphOf(
    [{ name: 'x', dtype, shape: ['N', 2, 4, 4] }],
    [
      node('conv2d', ['x', 'w1'], 'c', conv3x3),
      node('batchNorm', ['c', 'gamma', 'beta', 'mean', 'variance'], 'n', { epsilon: 1e-5 }),
      node('sigmoid', ['n'], 'a', {}),
      node('conv2d', ['a', 'w2', 'b2'], 'd', conv3x3),
      node('add', ['d', 'a'], 's', {}),
      node('slice', ['s'], 'h', halves),
      node('shape', ['h'], 'sizes', { start: 0, end: 1 }),
      node('concat', ['sizes', 'rest'], 'flat', { axis: 0 }),
      node('dynamicReshape', ['h', 'flat'], 'f', { allowZero: false }),
      node('split', ['f'], ['left', 'right'], { axis: 1 }),
      node('mul', ['left', 'right'], 'p', {}),
      node('matmul', ['p', 'w3'], 'm', plain),
      node('add', ['m', 'b3'], 'y', {}),
    ],
    [{ name: 'y', dtype, shape: ['N', 3] }],
    {
      w1: uniform([4, 2, 3, 3], dtype),
      gamma: uniform([4], dtype, 0.5, 1.5),
      beta: uniform([4], dtype),
      mean: uniform([4], dtype),
      variance: uniform([4], dtype, 0.5, 2),
      w2: uniform([4, 4, 3, 3], dtype),
      b2: uniform([4], dtype),
      rest: int64(-1),
      w3: uniform([8, 3], dtype),
      b3: uniform([3], dtype),
    },
  );
}

const learned = ['w1', 'gamma', 'beta', 'w2', 'b2', 'w3', 'b3'];
type Flat = { readonly [name: string]: Tensor };

/** Largest difference between `gradient` and central differences of `loss`, over all leaves. */
function worstError(loss: (point: Flat) => Tensor, point: Flat, gradient: Flat): number {
  const h = 1e-5;
  let worst = 0;
  for (const [name, value] of Object.entries(point)) {
    const values = toNumbers(value);
    const at = (i: number, moved: number): number =>
      toNumbers(
        loss({ ...point, [name]: tensor(values.with(i, moved), value.shape, value.dtype) }),
      )[0] as number;
    for (const [i, found] of toNumbers(gradient[name] as Tensor).entries()) {
      const x = values[i] as number;
      worst = Math.max(worst, Math.abs(found - (at(i, x + h) - at(i, x - h)) / (2 * h)));
    }
  }
  return worst;
}

test('it computes what the executor computes, intermediate values too', () => {
  const graph = network('float32');
  const x = uniform([3, 2, 4, 4], 'float32');
  const outputs = ['n', 's', 'right', 'y'];
  const expected = createExecutor(graph).run({ x }, { outputs });
  const model = differentiable(graph);
  const variables = model.init();
  expect(Object.keys(variables.parameters)).toEqual(learned);
  expect(Object.keys(variables.state)).toEqual(['mean', 'variance']);
  const { y, state } = model.apply(variables, { x }, { outputs });
  expect(state).toBe(variables.state);
  for (const name of outputs) {
    expect(y[name]?.shape).toEqual(expected[name]?.shape);
    expect(y[name]?.data).toEqual(expected[name]?.data);
  }
});

test('gradients of weights and inputs agree with central differences, in eval and train mode', () => {
  const graph = network('float64');
  const model = differentiable(graph);
  const { parameters, state } = model.init();
  const weights = uniform([3, 3], 'float64');
  for (const train of [false, true]) {
    const loss = ({ x, ...given }: Flat): Tensor => {
      const { y } = model.apply({ parameters: given, state }, { x: x as Tensor }, { train });
      return sum(mul(y.y as Tensor, weights));
    };
    const point: Flat = { ...(parameters as Flat), x: uniform([3, 2, 4, 4], 'float64') };
    const { gradient } = valueAndGrad(loss)(point);
    expect(worstError(loss, point, gradient)).toBeLessThan(1e-7);
  }
});

test('gradients of intermediate values, and a graph run from the middle', () => {
  const graph = network('float64');
  const model = differentiable(graph);
  const variables = model.init();
  const x = uniform([2, 2, 4, 4], 'float64');
  const [a, gradient] = scope(() => {
    const recording = record([x], () => model.apply(variables, { x }, { outputs: ['a', 'y'] }).y);
    const { a: middle, y } = recording.result as { a: Tensor; y: Tensor };
    const seed = tensor(new Float64Array(y.size).fill(1), y.shape, 'float64');
    return [middle, recording.backward([y], [seed], [middle])[0] as Tensor];
  });
  // The same loss as a function of the middle value alone: nothing before it runs, not even x is there.
  const loss = (given: Flat): Tensor => sum(model.apply(variables, given).y.y as Tensor);
  expect(worstError(loss, { a }, { a: gradient })).toBeLessThan(1e-7);
});

test('train mode normalises by the batch and moves the running statistics', () => {
  const graph = graphOf(
    [float('x', ['N', 1])],
    [node('batchNorm', ['x', 'g', 'b', 'm', 'v'], 'y', { epsilon: 0 })],
    ['y'],
    { g: tensor([2]), b: tensor([1]), m: tensor([10]), v: tensor([4]) },
  );
  const model = differentiable(graph, { momentum: 0.25 });
  const x = tensor([1, 5], [2, 1]);
  const { y, state } = model.apply(model.init(), { x }, { train: true });
  expect(toNumbers(y.y as Tensor)).toEqual([-1, 3]);
  // mean 0.75 * 10 + 0.25 * 3; variance 0.75 * 4 + 0.25 * 8, the unbiased one
  expect(toNumbers((state as Flat).m as Tensor)).toEqual([8.25]);
  expect(toNumbers((state as Flat).v as Tensor)).toEqual([5]);
  const trained = withConstants(graph, state);
  expect(toNumbers(trained.constants.get('m') as Tensor)).toEqual([8.25]);
  expect(toNumbers(graph.constants.get('m') as Tensor)).toEqual([10]);
});

test('quantizers pass gradients straight through inside their range', () => {
  const quantizer = {
    version: 1,
    scheme: 'uniform',
    bits: 2,
    signed: true,
    narrow: false,
    granularity: { kind: 'perTensor' },
    scaleShape: [],
    scale: [0.5],
    zeroPoint: [0],
  } as const;
  const graph = graphOf(
    [float('x', [1, 3])],
    [
      node('fakeQuantize', ['w'], 'q', { quantizer }),
      node('matmul', ['x', 'q'], 'y', { transposeA: false, transposeB: false }),
    ],
    ['y'],
    // codes -2 … 1: 0.7 and -1.6 lie outside
    { w: tensor([0.3, 0.9, -1.6], [3, 1]) },
  );
  expect(trainableConstants(graph)).toEqual(['w']);
  const model = differentiable(graph);
  const { parameters, state } = model.init();
  const { value, gradient } = valueAndGrad((given: Tree) =>
    sum(model.apply({ parameters: given, state }, { x: tensor([1, 2, 3], [1, 3]) }).y.y as Tensor),
  )(parameters);
  expect(toNumbers(value)[0]).toBeCloseTo(0.5 + 2 * 0.5 - 3);
  expect(toNumbers((gradient as Flat).w as Tensor)).toEqual([1, 0, 0]);
});

test('levels without gradients are refused by name', () => {
  const quantizer = {
    version: 1,
    scheme: 'ternary',
    bits: 2,
    granularity: { kind: 'perTensor' },
    scaleShape: [],
    scale: [1],
    offset: [0],
  } as const;
  const graph = graphOf(
    [float('x', [1, 3])],
    [node('fakeQuantize', ['x'], 'y', { quantizer })],
    ['y'],
    {},
  );
  const model = differentiable(graph);
  const { parameters, state } = model.init();
  const apply = () => model.apply({ parameters, state }, { x: tensor([1, 2, 3], [1, 3]) });
  expect(apply).toThrow(/fakeQuantize "y".*no gradients of scheme ternary/);
});

test('the values of topK have gradients', () => {
  const graph = graphOf(
    [float('x', [4])],
    [
      node('topK', ['x', 'k'], ['values', 'indices'], { axis: 0, largest: true, sorted: true }),
      node('mul', ['values', 'factors'], 'y', {}),
    ],
    ['y'],
    { k: int64(2), factors: tensor([3, 5]) },
  );
  expect(trainableConstants(graph)).toEqual([]);
  const model = differentiable(graph);
  const { gradient } = valueAndGrad((x: Tensor) =>
    sum(model.apply({ parameters: {}, state: {} }, { x }).y.y as Tensor),
  )(tensor([1, 4, 2, 3]));
  expect(toNumbers(gradient)).toEqual([0, 3, 0, 5]);
});

test('masks and the preparation of inputs are not trained; weights behind views are', () => {
  const plain = { transposeA: false, transposeB: false };
  const graph = graphOf(
    [float('x', [2, 4])],
    [
      node('sub', ['x', 'center'], 'x0', {}),
      node('transpose', ['w'], 'wt', { permutation: [1, 0] }),
      node('matmul', ['x0', 'wt'], 'p', plain),
      node('add', ['bias', 'p'], 'z', {}),
      node('matmul', ['z', 'x0'], 'scores', { transposeA: true, transposeB: false }),
      node('add', ['scores', 'mask'], 'y', {}),
    ],
    ['y'],
    {
      center: zeros([4]),
      w: uniform([3, 4], 'float32'),
      bias: zeros([3]),
      mask: uniform([3, 4], 'float32'),
    },
  );
  expect(trainableConstants(graph)).toEqual(['w', 'bias']);
});

test('simplify can keep batch norms for training', () => {
  const graph = network('float32');
  const ops = (g: Graph): string[] => g.nodes.map(({ op }) => op);
  expect(ops(simplify(graph))).not.toContain('batchNorm');
  const kept = simplify(graph, { keepBatchNorm: true });
  expect(ops(kept)).toContain('batchNorm');
  // the bias of the last layer is folded all the same
  expect(ops(kept).at(-1)).toBe('matmul');
  const x = uniform([2, 2, 4, 4], 'float32');
  const [before, after] = [graph, kept].map((g) => createExecutor(g).run({ x }).y as Tensor);
  for (const [i, value] of toNumbers(after as Tensor).entries()) {
    expect(value).toBeCloseTo(toNumbers(before as Tensor)[i] as number, 4);
  }
});

test('training steps hold constant memory and fit the target', () => {
  const backend = countingBackend(true);
  setBackend(backend);
  const model = differentiable(network('float32'));
  const x = uniform([4, 2, 4, 4], 'float32');
  const target = uniform([4, 3], 'float32');
  const lossAndGradient = valueAndGrad((parameters: Tree, state: Tree) => {
    const applied = model.apply({ parameters, state }, { x }, { train: true });
    const error = mul(target, -1);
    return { value: mean(square(sumOf(applied.y.y as Tensor, error))), aux: applied.state };
  });
  let carried = { ...model.init(), loss: zeros([]) as Tensor };
  const losses: number[] = [];
  let alive = 0;
  for (let step = 0; step < 30; step++) {
    carried = advance(carried, ({ parameters, state }) => {
      const { value, gradient, aux } = lossAndGradient(parameters, state);
      const next = Object.fromEntries(
        Object.entries(parameters as Flat).map(([name, p]) => [
          name,
          sumOf(p, mul((gradient as Flat)[name] as Tensor, -0.01)),
        ]),
      );
      return { parameters: next, state: aux, loss: value };
    });
    losses.push(toNumbers(carried.loss)[0] as number);
    if (step === 9) alive = backend.alive.size;
  }
  expect(backend.alive.size).toBe(alive);
  expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 2);
});

test('what does not fit is refused with its name', () => {
  const graph = network('float32');
  const model = differentiable(graph);
  const variables = model.init();
  const x = uniform([1, 2, 4, 4], 'float32');
  const none = { parameters: {}, state: {} };
  expect(() => model.apply(none, {})).toThrow(new GraphError('input "x" is missing'));
  expect(() => model.apply(none, { x, z: x })).toThrow('no value is named "z"');
  expect(() => model.apply(none, { x }, { outputs: ['z'] })).toThrow('no value is named "z"');
  expect(() => model.apply(none, { x: zeros([1, 3, 4, 4]) })).toThrow('input "x" has shape');
  expect(() => model.apply({ parameters: { w9: x }, state: {} }, { x })).toThrow(
    'no constant is named "w9"',
  );
  expect(() => model.apply({ ...variables, parameters: { w3: zeros([3, 8]) } }, { x })).toThrow(
    'constant "w3" is float32 [8,3], cannot become float32 [3,8]',
  );
  expect(() => model.apply(none, { f: zeros([2, 9]) })).toThrow(
    'mul "p": mul: shapes [2,5] and [2,4]',
  );
});
