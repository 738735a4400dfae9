import { kernels, setBackend } from '@subbyte/kernels';
import { scope, type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { afterEach, expect, test } from 'vitest';
import {
  add,
  batchNormTraining,
  type Computation,
  checkpoint,
  conv2d,
  customGradient,
  grad,
  mean,
  mul,
  observe,
  relu,
  reshape,
  round,
  square,
  sum,
  tanh,
  valueAndGrad,
} from '../src/index.ts';
import { checkGradient, uniform } from './check-gradient.ts';
import { countingBackend } from './counting-backend.ts';

afterEach(() => setBackend(undefined));

const f64 = (values: number[], shape = [values.length]): Tensor => tensor(values, shape, 'float64');

test('a custom gradient replaces the rule: straight-through rounding', () => {
  const straight = customGradient(
    (x: Tensor) => round(x),
    ({ gradient }) => [gradient],
  );
  const { value, gradient } = valueAndGrad((x: Tensor) => sum(mul(straight(x), x)))(
    f64([1.4, 2.6]),
  );
  expect(toNumbers(value)[0]).toBeCloseTo(1.4 + 7.8);
  expect(toNumbers(gradient)).toEqual([1 + 1.4, 3 + 2.6]);
});

test('custom gradients may return what they hold on to, and nothing', () => {
  const table = f64([5, 7]);
  const f = customGradient(
    (x: Tensor, _: Tensor) => x,
    () => [table, undefined],
  );
  const loss = ([a, b]: readonly [Tensor, Tensor]): Tensor => sum(add(add(f(mul(a, 2), b), a), a));
  for (let i = 0; i < 2; i++) {
    const [a, b] = grad(loss)([f64([1, 2]), f64([0, 0])]);
    expect([toNumbers(a), toNumbers(b)]).toEqual([
      [12, 16],
      [0, 0],
    ]);
  }
  expect(toNumbers(table)).toEqual([5, 7]);
});

test('a custom gradient of the wrong shape is an error that names it', () => {
  const wrong = customGradient(
    (x: Tensor) => square(x),
    () => [f64([1])],
  );
  expect(() => grad((x: Tensor) => sum(wrong(x)))(f64([1, 2]))).toThrow(
    'custom, operand 0: gradient is float64 [1], expected float64 [2]',
  );
});

test('batch norm in train mode passes gradients through its statistics', () => {
  for (const shape of [
    [3, 2, 2, 2],
    [5, 2],
  ]) {
    checkGradient(
      (x, scale, bias) =>
        batchNormTraining(x as Tensor, scale as Tensor, bias as Tensor, { epsilon: 0.1 }).result,
      [uniform(shape), uniform([2]), uniform([2])],
    );
  }
  const { mean: center, variance } = batchNormTraining(f64([1, 3], [2, 1]), f64([1]), f64([0]));
  expect([toNumbers(center), toNumbers(variance)]).toEqual([[2], [1]]);
});

const block = (x: Tensor, w: Tensor): Tensor => tanh(relu(add(mul(tanh(mul(x, w)), w), x)));

test('a checkpointed function has the same value and gradients', () => {
  const [x, w] = [uniform([4]), uniform([4])];
  const net = (wrap: typeof block) => (p: readonly [Tensor, Tensor]) => {
    const hidden = mul(p[0], 2);
    const captured = mul(p[1], 3);
    return sum(mul(wrap(wrap(hidden, p[1]), captured), hidden));
  };
  const captures: typeof block = (a, b) => checkpoint((c: Tensor) => block(c, b))(a);
  const nested: typeof block = (a, b) =>
    checkpoint((c: Tensor, d: Tensor) => checkpoint(block)(block(c, d), d))(a, b);
  const deep: typeof block = (a, b) => block(block(a, b), b);
  for (const [plain, wrapped] of [
    [block, checkpoint(block)],
    [block, captures],
    [deep, nested],
  ] as const) {
    const expected = valueAndGrad(net(plain))([x, w]);
    const found = valueAndGrad(net(wrapped))([x, w]);
    expect(toNumbers(found.value)).toEqual(toNumbers(expected.value));
    expect(found.gradient.map(toNumbers)).toEqual(expected.gradient.map(toNumbers));
  }
  expect(toNumbers(checkpoint(block)(x, w))).toEqual(toNumbers(block(x, w)));
});

test('a checkpoint may return several tensors, also its argument', () => {
  const split = checkpoint((x: Tensor) => ({ same: x, twice: mul(x, 2), square: square(x) }));
  const gradient = grad((x: Tensor) => {
    const parts = split(x);
    return sum(add(mul(parts.same, parts.square), parts.same));
  })(f64([2, 3]));
  expect(toNumbers(gradient)).toEqual([13, 28]);
});

test('a checkpoint keeps less in memory', () => {
  const long = (x: Tensor): Tensor => {
    let y = x;
    for (let i = 0; i < 20; i++) y = tanh(mul(y, y));
    return y;
  };
  const peakOf = (f: (x: Tensor) => Tensor): number => {
    const backend = countingBackend();
    setBackend(backend);
    grad((x: Tensor) => sum(f(f(f(f(x))))))(f64([0.9]));
    return backend.peak;
  };
  expect(peakOf(checkpoint(long))).toBeLessThan(0.4 * peakOf(long));
});

test('training steps hold constant memory, and the backward pass frees as it goes', () => {
  const backend = countingBackend();
  setBackend(backend);
  const x = backend.upload(uniform([1, 2, 6, 6]) as Tensor);
  let w = backend.upload(uniform([2, 2, 3, 3]) as Tensor);
  const before = backend.live;
  const depth = 12;
  const loss = (weight: Tensor): Tensor => {
    let y = x;
    for (let i = 0; i < depth; i++) y = relu(conv2d(y, weight, { padding: 1 }));
    return mean(square(add(y, reshape(x, y.shape))));
  };
  const perStep: number[] = [];
  for (let step = 0; step < 5; step++) {
    const { value, gradient } = valueAndGrad(loss)(w);
    const next = scope(() => kernels.sub([w, kernels.mul([gradient, f64([0.1])], {})], {}));
    for (const old of [w, value, gradient]) old.storage.dispose();
    w = next;
    perStep.push(backend.live);
  }
  expect(perStep.map((live) => live - before)).toEqual([0, 0, 0, 0, 0]);
  // Activations of the forward pass, and no more than a handful of gradients beside them.
  expect(backend.peak - before).toBeLessThan(2 * depth + 14);
});

test('listeners see every value with its operands, in order, but no backward pass', () => {
  const seen: Computation[] = [];
  const x = f64([1, -2], [1, 2]);
  const loss = (w: Tensor): Tensor => sum(relu(mul(reshape(w, [1, 2]), x)));
  const result = observe(
    (computation) => seen.push(computation),
    () => valueAndGrad(checkpoint(loss))(f64([3, 4])),
  );
  expect(toNumbers(result.value)).toEqual([3]);
  expect(seen.map(({ kernel }) => kernel)).toEqual(['reshape', 'mul', 'relu', 'reduceSum']);
  expect(seen[1]?.operands[0]).toBe(seen[0]?.result);
  expect(seen[3]?.options).toEqual({ axes: [0, 1], keepAxes: false });
  sum(x);
  expect(seen).toHaveLength(4);
});
