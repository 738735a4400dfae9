import { type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { type ActivationGradientOptions, reference } from '../../src/index.ts';
import { expectGradient, float64, stream } from './expect-gradient.ts';

type Activation = ActivationGradientOptions['activation'];

const forwards: readonly (readonly [Activation, (x: Tensor) => Tensor])[] = [
  [{ kind: 'relu' }, (x) => reference.relu([x], {})],
  [{ kind: 'clip', min: -1, max: 2.5 }, (x) => reference.clip([x], { min: -1, max: 2.5 })],
  [{ kind: 'hardSwish' }, (x) => reference.hardSwish([x], {})],
  [
    { kind: 'hardSigmoid', alpha: 0.2, beta: 0.5 },
    (x) => reference.hardSigmoid([x], { alpha: 0.2, beta: 0.5 }),
  ],
  [{ kind: 'sigmoid' }, (x) => reference.sigmoid([x], {})],
  [{ kind: 'silu' }, (x) => reference.mul([x, reference.sigmoid([x], {})], {})],
  [{ kind: 'leakyRelu', alpha: 0.1 }, (x) => reference.leakyRelu([x], { alpha: 0.1 })],
  [{ kind: 'tanh' }, (x) => reference.tanh([x], {})],
  [{ kind: 'gelu' }, (x) => reference.gelu([x], { approximate: false })],
];

test('every activation has the derivative of its forward kernel', () => {
  for (const [activation, forward] of forwards) {
    const r = stream(activation.kind);
    const [x, gradient] = [float64(r, [5, 41], -6, 6), float64(r, [5, 41])];
    expectGradient(
      reference.activationGradient([x, gradient], { activation }),
      ([a]) => forward(a as Tensor),
      [x],
      0,
      gradient,
    );
  }
});

test('at a bend the clamped side decides', () => {
  const at = (activation: Activation, ...values: number[]): number[] =>
    toNumbers(
      reference.activationGradient(
        [
          tensor(values, [values.length], 'float64'),
          tensor(
            values.map(() => 10),
            [values.length],
            'float64',
          ),
        ],
        { activation },
      ),
    ).map((value) => value + 0);
  expect(at({ kind: 'relu' }, 0, -0, 1e-300, Number.NaN)).toEqual([0, 0, 10, 0]);
  expect(at({ kind: 'clip', min: 0, max: 6 }, 0, 6, 5.999, Number.NaN)).toEqual([0, 0, 10, 0]);
  expect(at({ kind: 'hardSwish' }, -3, 3)).toEqual([0, 10]);
  expect(at({ kind: 'hardSigmoid', alpha: 0.25, beta: 0.5 }, -2, 2, 0)).toEqual([0, 0, 2.5]);
  expect(at({ kind: 'leakyRelu', alpha: 0.5 }, 0, 1, -1)).toEqual([5, 10, 5]);
});

test('far from 0 nothing overflows', () => {
  const x = tensor([-1e4, 1e4, -800, 800], [4], 'float64');
  const one = tensor([1, 1, 1, 1], [4], 'float64');
  for (const [kind, low, high] of [
    ['sigmoid', 0, 0],
    ['silu', 0, 1],
    ['tanh', 0, 0],
    ['gelu', 0, 1],
  ] as const) {
    const result = toNumbers(reference.activationGradient([x, one], { activation: { kind } }));
    for (const [i, value] of result.entries()) expect(value).toBeCloseTo(i % 2 ? high : low, 12);
  }
});
