import { type Shape, type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { reference } from '../../src/index.ts';
import { expectGradient, float64, stream } from './expect-gradient.ts';

const epsilon = 1e-3;

/** Row `i` of a `[2, ...]` tensor. */
function row(pair: Tensor, i: number): Tensor {
  const shape = pair.shape.slice(1);
  const size = pair.size / 2;
  return tensor(toNumbers(pair).slice(i * size, (i + 1) * size), shape, pair.dtype);
}

/** Batch norm in train mode. */
function batchNorm([x, scale, bias]: readonly Tensor[]): Tensor {
  const statistics = reference.batchNormStatistics([x as Tensor], {});
  return reference.batchNorm(
    [x as Tensor, scale as Tensor, bias as Tensor, row(statistics, 0), row(statistics, 1)],
    { epsilon },
  );
}

test('statistics: mean and biased variance per channel', () => {
  const x = tensor([1, 3, 10, 10, 5, 7, 20, 40], [2, 2, 2], 'float64');
  expect(toNumbers(reference.batchNormStatistics([x], {}))).toEqual([4, 20, 5, 150]);
  const flat = reference.batchNormStatistics([tensor([1, 2, 3, 6], [2, 2])], {});
  expect(flat.shape).toEqual([2, 2]);
  expect(toNumbers(flat)).toEqual([2, 4, 1, 4]);
});

for (const shape of [
  [2, 3, 4, 3],
  [5, 4],
  [3, 2, 7],
  [1, 2, 2, 2, 2],
] as const) {
  test(`batch norm [${shape}]: gradients of input, scale and bias`, () => {
    const r = stream(`batch norm ${shape}`);
    const [x, gradient] = [float64(r, shape), float64(r, shape)];
    const [scale, bias] = [float64(r, [shape[1]]), float64(r, [shape[1]])];
    const statistics = reference.batchNormStatistics([x], {});
    const sums = reference.batchNormParameterGradient([x, gradient, statistics], { epsilon });
    const inputs = [x, scale, bias];
    expectGradient(row(sums, 0), batchNorm, inputs, 2, gradient);
    expectGradient(row(sums, 1), batchNorm, inputs, 1, gradient);
    const forInput = reference.batchNormInputGradient([x, gradient, scale, statistics, sums], {
      epsilon,
    });
    expectGradient(forInput, batchNorm, inputs, 0, gradient);
  });
}

test('batch norm sums with statistics of other data are those of eval mode', () => {
  const r = stream('eval');
  const shape = [3, 2, 4];
  const [x, gradient] = [float64(r, shape), float64(r, shape)];
  const [scale, bias] = [float64(r, [2]), float64(r, [2])];
  const statistics = float64(r, [2, 2], 0.5, 2);
  const sums = reference.batchNormParameterGradient([x, gradient, statistics], { epsilon });
  const forward = ([a, b]: readonly Tensor[]): Tensor =>
    reference.batchNorm([x, a as Tensor, b as Tensor, row(statistics, 0), row(statistics, 1)], {
      epsilon,
    });
  expectGradient(row(sums, 1), forward, [scale, bias], 0, gradient);
  expectGradient(row(sums, 0), forward, [scale, bias], 1, gradient);
});

for (const shape of [
  [2, 3, 4, 3],
  [3, 2, 7],
  [2, 2, 2, 1, 3],
] as const) {
  test(`instance norm [${shape}]: gradients of input, scale and bias`, () => {
    const r = stream(`instance norm ${shape}`);
    const [x, gradient] = [float64(r, shape), float64(r, shape)];
    const [scale, bias] = [float64(r, [shape[1]]), float64(r, [shape[1]])];
    const forward = ([a, b, c]: readonly Tensor[]): Tensor =>
      reference.instanceNorm([a as Tensor, b as Tensor, c as Tensor], { epsilon });
    const inputs = [x, scale, bias];
    const options = { epsilon };
    const sums = reference.instanceNormParameterGradient([x, gradient], options);
    expectGradient(row(sums, 0), forward, inputs, 2, gradient);
    expectGradient(row(sums, 1), forward, inputs, 1, gradient);
    const forInput = reference.instanceNormInputGradient([x, gradient, scale], options);
    expectGradient(forInput, forward, inputs, 0, gradient);
  });
}

for (const [shape, axis] of [
  [[2, 3, 8], 2],
  [[4, 5], 1],
  [[2, 3, 4, 2], 2],
  [[2, 3, 4], 0],
] as const) {
  test(`layer norm [${shape}] from axis ${axis}: gradients of input, scale and bias`, () => {
    const r = stream(`layer norm ${shape}`);
    const own: Shape = shape.slice(axis);
    const [x, gradient] = [float64(r, shape), float64(r, shape)];
    const [scale, bias] = [float64(r, own), float64(r, own)];
    const options = { axis, epsilon };
    const forward = ([a, b, c]: readonly Tensor[]): Tensor =>
      reference.layerNorm([a as Tensor, b as Tensor, c as Tensor], options);
    const inputs = [x, scale, bias];
    const sums = reference.layerNormParameterGradient([x, gradient], options);
    expectGradient(row(sums, 0), forward, inputs, 2, gradient);
    expectGradient(row(sums, 1), forward, inputs, 1, gradient);
    const forInput = reference.layerNormInputGradient([x, gradient, scale], options);
    expectGradient(forInput, forward, inputs, 0, gradient);
  });
}

test('layer norm with a scale that broadcasts, and one that differs between samples', () => {
  for (const scaleShape of [[1], [3, 1, 1], [5]] as const) {
    const r = stream(`broadcast ${scaleShape}`);
    const [x, gradient] = [float64(r, [3, 2, 5]), float64(r, [3, 2, 5])];
    const scale = float64(r, scaleShape);
    const options = { axis: 1, epsilon };
    expectGradient(
      reference.layerNormInputGradient([x, gradient, scale], options),
      ([a]) => reference.layerNorm([a as Tensor, scale], options),
      [x],
      0,
      gradient,
    );
  }
});

test('softmax and log-softmax along every axis', () => {
  for (const axis of [0, 1, 2]) {
    const r = stream(`softmax ${axis}`);
    const [x, gradient] = [float64(r, [3, 4, 5], -4, 4), float64(r, [3, 4, 5])];
    expectGradient(
      reference.softmaxGradient([reference.softmax([x], { axis }), gradient], { axis }),
      ([a]) => reference.softmax([a as Tensor], { axis }),
      [x],
      0,
      gradient,
    );
    expectGradient(
      reference.logSoftmaxGradient([reference.logSoftmax([x], { axis }), gradient], { axis }),
      ([a]) => reference.logSoftmax([a as Tensor], { axis }),
      [x],
      0,
      gradient,
    );
  }
});
