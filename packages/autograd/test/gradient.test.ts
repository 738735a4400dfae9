import { scope, type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AutogradError,
  add,
  conv2d,
  div,
  exp,
  grad,
  matmul,
  mean,
  mul,
  record,
  relu,
  reshape,
  round,
  sigmoid,
  sin,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  valueAndGrad,
} from '../src/index.ts';
import { checkGradient, uniform } from './check-gradient.ts';

const f64 = (values: number[], shape = [values.length]): Tensor => tensor(values, shape, 'float64');

test('the snippet of the design: value and gradient of a layer', () => {
  const x = uniform([1, 2, 4, 4]);
  checkGradient(
    (w) => mean(square(relu(conv2d(x, w as Tensor, { padding: 1 })))),
    [uniform([3, 2, 3, 3])],
  );
});

test('gradients have the shape of the parameter tree; unused ones are 0', () => {
  const parameters = { layers: [{ w: f64([2, 3]), b: f64([1]) }], unused: f64([7, 7]) };
  const { value, gradient } = valueAndGrad((p: typeof parameters, x: Tensor) => {
    const [layer] = p.layers;
    return sum(add(mul((layer as { w: Tensor }).w, x), (layer as { b: Tensor }).b));
  })(parameters, f64([10, 20]));
  expect(toNumbers(value)).toEqual([82]);
  expect(toNumbers((gradient.layers[0] as { w: Tensor }).w)).toEqual([10, 20]);
  expect(toNumbers((gradient.layers[0] as { b: Tensor }).b)).toEqual([2]);
  expect(toNumbers(gradient.unused)).toEqual([0, 0]);
});

test('a value used twice gets both gradients, whatever is passed on as it is', () => {
  const gradient = (f: (x: Tensor) => Tensor): number[] => toNumbers(grad(f)(f64([3, 5])));
  expect(gradient((x) => sum(add(x, x)))).toEqual([2, 2]);
  expect(gradient((x) => sum(mul(x, x)))).toEqual([6, 10]);
  expect(gradient((x) => sum(add(add(x, x), add(x, reshape(x, [2])))))).toEqual([4, 4]);
  expect(
    gradient((x) => {
      const y = mul(x, 2);
      const z = add(y, y);
      return sum(add(mul(z, y), add(z, y)));
    }),
  ).toEqual([54, 86]);
});

test('each gradient owns its memory', () => {
  const [a, b] = [f64([1, 2]), f64([3, 4])];
  const gradients = grad((p: readonly Tensor[]) => sum(add(p[0] as Tensor, p[1] as Tensor)))([
    a,
    b,
    a,
  ]);
  expect(new Set(gradients.map(({ storage }) => storage)).size).toBe(3);
  expect(gradients.map(toNumbers)).toEqual([
    [1, 1],
    [1, 1],
    [1, 1],
  ]);
});

test('aux values are returned and everything else is released', () => {
  let inside: Tensor | undefined;
  const { value, gradient, aux } = valueAndGrad((x: Tensor) => {
    inside = square(x);
    const kept = mul(x, 2);
    return { value: sum(inside), aux: { kept, name: 'twice' } };
  })(f64([1, 2]));
  expect(toNumbers(value)).toEqual([5]);
  expect(toNumbers(gradient)).toEqual([2, 4]);
  expect(toNumbers(aux.kept)).toEqual([2, 4]);
  expect(aux.name).toBe('twice');
  expect(inside?.storage.disposed).toBe(true);
});

test('no gradient passes a stopped value', () => {
  const gradient = grad((x: Tensor) => sum(mul(x, stopGradient(x))))(f64([3, 4]));
  expect(toNumbers(gradient)).toEqual([3, 4]);
});

test('gradients of any intermediate value, with any seed, more than once', () => {
  scope(() => {
    const x = f64([1, 2]);
    const recording = record([x], () => {
      const hidden = square(x);
      return { hidden, y: mul(hidden, 3), z: sin(hidden) };
    });
    const { hidden, y, z } = recording.result;
    const seed = f64([10, 100]);
    const once = recording.backward([y, z], [seed, undefined], [hidden, x, y], { retain: true });
    expect(once.map(toNumbers)).toEqual([
      [30, 300],
      [60, 1200],
      [10, 100],
    ]);
    const again = recording.backward([y, z], [undefined, f64([1, 1])], [x]);
    expect(again.map(toNumbers)).toEqual([[2 * Math.cos(1), 4 * Math.cos(4)]]);
    expect(toNumbers(seed)).toEqual([10, 100]);
    return null;
  });
});

test('what cannot be differentiated says why', () => {
  expect(() => grad((x: Tensor) => x)(f64([1, 2]))).toThrow(
    'the function returned float64 [2], expected one float',
  );
  expect(() => grad((p: { n: Tensor }) => sum(p.n))({ n: tensor([1], [1], 'int32') })).toThrow(
    'parameter "n" is int32, expected floats',
  );
  expect(() => record([tensor([1], [1], 'bool')], () => 0)).toThrow(AutogradError);
  scope(() => {
    const x = f64([1]);
    const { result, backward } = record([x], () => square(x));
    expect(() => backward([result], [f64([1, 2])], [x])).toThrow(
      'output 0: gradient is float64 [2], expected float64 [1]',
    );
    expect(() => backward([result], [f64([1])], [f64([1])])).toThrow(
      'neither watched nor computed',
    );
    return null;
  });
});

test('second derivatives are refused, not silently wrong', () => {
  const inner = grad((y: Tensor) => sum(square(y)));
  expect(() => grad((x: Tensor) => sum(inner(x)))(f64([1]))).toThrow('second derivatives');
  const fixed = grad((x: Tensor) => sum(mul(x, inner(stopGradient(x)))))(f64([3]));
  expect(toNumbers(fixed)).toEqual([6]);
});

test('a function that throws leaves no tape behind', () => {
  expect(() =>
    grad((_: Tensor): Tensor => {
      throw new Error('mine');
    })(f64([1])),
  ).toThrow('mine');
  const x = f64([2]);
  expect(() => toNumbers(square(x))).not.toThrow();
  expect(toNumbers(grad((w: Tensor) => sum(square(w)))(x))).toEqual([4]);
});

const steps: readonly ((x: Tensor, w: Tensor) => Tensor)[] = [
  (x, w) => add(x, w),
  (x, w) => mul(x, w),
  (x, w) => sub(w, sin(x)),
  (x, w) => matmul(x, w),
  (x) => tanh(x),
  (x, w) => div(x, add(square(w), 1)),
  (x) => reshape(reshape(x, [9]), [3, 3]),
  (x, w) => mul(x, mean(w, { axes: 1, keepAxes: true })),
  (x) => add(x, mul(sigmoid(x), x)),
  (x) => add(x, round(mul(x, 0))),
  (x) => mul(exp(mul(x, 0.1)), 0.5),
];

test('random compositions agree with central differences', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(steps.length - 1), { minLength: 1, maxLength: 7 }), (program) => {
      checkGradient(
        (x, w) => {
          const run = (start: Tensor): Tensor =>
            program.reduce((y, step) => steps[step]?.(y, w as Tensor) as Tensor, start);
          return add(run(x as Tensor), x as Tensor);
        },
        [uniform([3, 3]), uniform([3, 3])],
        1e-5,
      );
    }),
    { numRuns: 40, seed: 1 },
  );
});
