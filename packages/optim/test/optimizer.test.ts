import { grad, mean, square, sub, valueAndGrad } from '@subbyte/autograd';
import {
  advance,
  flattenTree,
  scope,
  type Tensor,
  type Tree,
  tensor,
  toNumbers,
} from '@subbyte/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  adam,
  adamw,
  clipByGlobalNorm,
  clipByValue,
  ema,
  globalNorm,
  linear,
  OptimError,
  type Optimizer,
  sgd,
} from '../src/index.ts';

const f64 = (...values: number[]): Tensor => tensor(values, [values.length], 'float64');

/** Runs `optimizer` on one parameter with given gradients and returns its values step by step. */
function follow(optimizer: Optimizer, start: number, gradients: readonly number[]): number[] {
  let parameters = { w: f64(start) };
  let state = optimizer.init(parameters);
  return gradients.map((slope) => {
    [parameters, state] = optimizer.update({ w: f64(slope) }, state, parameters);
    return toNumbers(parameters.w)[0] as number;
  });
}

test('sgd follows its definition', () => {
  fc.assert(
    fc.property(
      fc.record({
        momentum: fc.double({ min: 0, max: 0.99, noNaN: true }),
        nesterov: fc.boolean(),
        weightDecay: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 6 }),
      (options, gradients) => {
        const rate = linear(0.1, 0, 10);
        const { momentum, nesterov, weightDecay } = options;
        let [w, v] = [2, 0];
        const expected = gradients.map((raw, step) => {
          const g = raw + weightDecay * w;
          v = momentum * v + g;
          w -= rate(step) * (nesterov ? g + momentum * v : v);
          return w;
        });
        for (const [i, value] of follow(sgd({ rate, ...options }), 2, gradients).entries()) {
          expect(value).toBeCloseTo(expected[i] as number, 10);
        }
      },
    ),
    { numRuns: 50, seed: 1 },
  );
});

test('adam and adamw follow the papers', () => {
  const gradients = [0.3, -2, 0.1, 4];
  for (const decoupled of [false, true]) {
    const make = decoupled ? adamw : adam;
    let [w, m, v] = [1.5, 0, 0];
    const expected = gradients.map((raw, i) => {
      const g = decoupled ? raw : raw + 0.1 * w;
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      const step = m / (1 - 0.9 ** (i + 1)) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8);
      w = (decoupled ? w - 0.01 * 0.1 * w : w) - 0.01 * step;
      return w;
    });
    const found = follow(make({ rate: 0.01, weightDecay: 0.1 }), 1.5, gradients);
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] as number, 9);
  }
});

test('adamw decays by default and adam does not', () => {
  expect(follow(adam({ rate: 0.5 }), 2, [0])).toEqual([2]);
  expect(follow(adamw({ rate: 0.5 }), 2, [0])[0]).toBeCloseTo(2 - 0.5 * 0.01 * 2, 12);
});

test('groups have their own rate and decay by path; the first match counts', () => {
  const parameters = { a: { weight: f64(1), bias: f64(1) }, b: [f64(1), f64(1)] };
  const optimizer = sgd({
    rate: 0.1,
    weightDecay: 0.5,
    groups: [
      { match: /bias$/g, weightDecay: 0 },
      { match: /^b\.1$/, rate: 0 },
      { match: /^b\./, rate: linear(1, 0, 2) },
    ],
  });
  let state = optimizer.init(parameters);
  let current = parameters;
  for (let i = 0; i < 2; i++) {
    const gradients = { a: { weight: f64(1), bias: f64(1) }, b: [f64(1), f64(1)] };
    [current, state] = optimizer.update(gradients, state, current);
  }
  const once = 1 - 0.1 * 1.5;
  expect(toNumbers(current.a.weight)[0]).toBeCloseTo(once - 0.1 * (1 + 0.5 * once), 12);
  expect(toNumbers(current.a.bias)[0]).toBeCloseTo(0.8, 12);
  expect(toNumbers(current.b[0] as Tensor)[0]).toBeCloseTo(-0.5 - 0.5 * (1 + 0.5 * -0.5), 12);
  expect(toNumbers(current.b[1] as Tensor)).toEqual([1]);
});

test('state is a plain tree: a copy of it continues with the same numbers', () => {
  const optimizer = adam({ rate: 0.1 });
  const run = (parameters: { w: Tensor }, state: ReturnType<Optimizer['init']>) =>
    optimizer.update({ w: f64(0.5, -1) }, state, parameters);
  const first = run({ w: f64(1, 2) }, optimizer.init({ w: f64(1, 2) }));
  const clone = (tree: Tree): Tree =>
    'dtype' in tree
      ? tensor((tree as Tensor).data.slice(), (tree as Tensor).shape)
      : Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, clone(value)]));
  const saved = clone(first) as unknown as [{ w: Tensor }, ReturnType<Optimizer['init']>];
  const [straight] = run(first[0], first[1]);
  const [resumed, state] = run(saved[0], saved[1]);
  expect(toNumbers(resumed.w)).toEqual(toNumbers(straight.w));
  expect(toNumbers(state.step)).toEqual([2]);
});

test('a parameter that stands twice is updated once', () => {
  const w = f64(1);
  const optimizer = sgd({ rate: 0.5 });
  const [next] = optimizer.update([f64(1), f64(1)], optimizer.init([w, w]), [w, w]);
  expect(next.map((leaf) => toNumbers(leaf))).toEqual([[0.5], [0.5]]);
});

test('training finds the minimum', () => {
  const target = tensor([3, -1, 0.5]);
  const loss = (p: { w: Tensor }): Tensor => mean(square(sub(p.w, target)));
  for (const optimizer of [
    sgd({ rate: 0.2, momentum: 0.9, nesterov: true }),
    adam({ rate: 0.1 }),
    adamw({ rate: 0.1, weightDecay: 0 }),
  ]) {
    let parameters = { w: tensor([0, 0, 0]) as Tensor };
    let state = optimizer.init(parameters);
    for (let i = 0; i < 300; i++) {
      [parameters, state] = scope(() => {
        const gradients = clipByGlobalNorm(grad(loss)(parameters), 1);
        return optimizer.update(gradients, state, parameters);
      });
    }
    expect(toNumbers(valueAndGrad(loss)(parameters).value)[0]).toBeLessThan(1e-4);
  }
});

test('clipping by norm keeps the direction, and what is small as it is', () => {
  const tree = { a: f64(3, 0), b: [f64(4)] };
  expect(globalNorm(tree)).toBeCloseTo(5);
  expect(clipByGlobalNorm(tree, 5)).toBe(tree);
  const clipped = clipByGlobalNorm(tree, 1);
  expect(globalNorm(clipped)).toBeCloseTo(1, 12);
  expect(toNumbers(clipped.a)[0]).toBeCloseTo(0.6, 12);
  expect(toNumbers(clipByValue(tree, 3.5).b[0] as Tensor)).toEqual([3.5]);
});

test('the average follows the parameters from a copy of its own', () => {
  const average = ema(0.75);
  const parameters = { w: f64(4) };
  const start = average.init(parameters);
  expect(start.w.storage).not.toBe(parameters.w.storage);
  const next = average.update(start, { w: f64(0) });
  expect(toNumbers(average.update(next, { w: f64(0) }).w)).toEqual([2.25]);
  expect(toNumbers(parameters.w)).toEqual([4]);
});

test('what does not fit is refused', () => {
  expect(() => sgd({ rate: 1, momentum: 1 })).toThrow('momentum is 1');
  expect(() => adam({ rate: 1, beta2: -1 })).toThrow(OptimError);
  expect(() => ema(1.5)).toThrow('decay is 1.5, expected a number of at least 0 and below 1');
  const optimizer = sgd({ rate: 0.1 });
  const parameters: Tree = { a: f64(1), b: f64(1) };
  const state = optimizer.init(parameters);
  expect(() => optimizer.update<Tree>({ a: f64(1) }, state, parameters)).toThrow(
    'gradients: leaf 1 is missing, expected "b"',
  );
  expect(() => optimizer.update<Tree>({ a: f64(1), b: f64(1, 2) }, state, parameters)).toThrow(
    /sgdUpdate/,
  );
  expect(() => adam({ rate: 0.1 }).update<Tree>(parameters, state, parameters)).toThrow(
    'state has no "mean"',
  );
  expect(() => sgd({ rate: () => Number.NaN }).update(parameters, state, parameters)).toThrow(
    'rate of "a" at step 0 is NaN',
  );
});

test('a loop that carries everything holds its state as a tree', () => {
  const optimizer = adam({ rate: 0.1 });
  const parameters = { w: tensor([4]) as Tensor };
  let carried = { parameters, state: optimizer.init(parameters), loss: tensor([0]) as Tensor };
  const first = carried.loss;
  for (let i = 0; i < 100; i++) {
    carried = advance(carried, ({ parameters: p, state: s }) => {
      const { value, gradient } = valueAndGrad((q: typeof p) => mean(square(q.w)))(p);
      const [next, state] = optimizer.update(gradient, s, p);
      return { parameters: next, state, loss: value };
    });
  }
  expect(first.storage.disposed).toBe(true);
  expect(carried.parameters.w).toBe(parameters.w);
  expect(toNumbers(carried.loss)[0]).toBeLessThan(0.1);
  const tree: Tree = carried.state;
  expect(flattenTree(tree).map(([path]) => path)).toEqual(['step', 'mean.w', 'square.w']);
});
