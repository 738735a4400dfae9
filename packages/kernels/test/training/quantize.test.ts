import { type Shape, type Tensor, tensor, toNumbers, zeros } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { whole } from '../../src/conformance/operands.ts';
import { type GridOptions, reference } from '../../src/index.ts';
import { scaleOffsets } from '../../src/reference/quantize.ts';
import { roundHalfEven } from '../../src/reference/unary-arithmetic.ts';
import { expectGradient, float64, stream } from './expect-gradient.ts';

test('the gradients of 3 bits by numbers', () => {
  const x = tensor([-2, -0.3, 0.1, 0.9, 5]);
  const options = { min: 0, max: 7, axis: 0, groupSize: 0 };
  const ones = tensor([1, 1, 1, 1, 1]);
  const [scale, zeroPoint] = [tensor([0.5]), tensor([2])];
  const forward = reference.fakeQuantizeUniform([x, scale, zeroPoint], options);
  expect(toNumbers(forward)).toEqual([-1, -0.5, 0, 1, 2.5]);
  expect(
    toNumbers(reference.fakeQuantizeUniformGradient([x, scale, zeroPoint, ones], options)),
  ).toEqual([0, 1, 1, 1, 0]);
  const each = [tensor([0.5, 0.5, 0.5, 0.5, 0.5]), tensor([2, 2, 2, 2, 2])] as const;
  toNumbers(reference.fakeQuantizeUniformScaleGradient([x, ...each, ones], options)).forEach(
    (slope, i) => {
      expect(slope).toBeCloseTo([-2, -0.4, -0.2, 0.2, 5][i] as number, 6);
    },
  );
  const sum = reference.fakeQuantizeUniformScaleGradient([x, scale, zeroPoint, ones], options);
  expect(sum.shape).toEqual([1]);
  expect(toNumbers(sum)[0]).toBeCloseTo(2.6, 6);
});

test('the outermost codes pass the gradient, what rounds beyond them does not', () => {
  const x = tensor([-0.5, -0.51, 3.5, 3.49, Number.NaN, Number.POSITIVE_INFINITY]);
  const options = { min: 0, max: 3, axis: 0, groupSize: 0 };
  const operands = [x, tensor([1]), tensor([0]), tensor([1, 1, 1, 1, 1, 1])] as const;
  // -0.5 rounds to the even 0, 3.5 to the even 4.
  expect(toNumbers(reference.fakeQuantizeUniformGradient(operands, options))).toEqual([
    1, 0, 0, 1, 0, 0,
  ]);
});

/**
 * Fake quantization that the straight-through gradient is the true one of: the rounding error and
 * what is clamped are those at `base` and stay.
 */
function straightThrough(
  [base, baseScale, zeroPoint]: readonly [Tensor, Tensor, Tensor],
  options: GridOptions & { readonly min: number; readonly max: number },
): (inputs: readonly Tensor[]) => Tensor {
  const [x0, s0, zeroPoints] = [base, baseScale, zeroPoint].map(toNumbers) as [
    number[],
    number[],
    number[],
  ];
  const offsets = scaleOffsets(base.shape, baseScale, options);
  return (inputs) => {
    const [x, s] = inputs.map(toNumbers) as [number[], number[]];
    const result = zeros(base.shape, 'float64');
    for (const [i, value] of x.entries()) {
      const k = offsets ? (offsets[i] as number) : 0;
      const [zero, scale] = [zeroPoints[k] as number, s[k] as number];
      const ratio = (x0[i] as number) / (s0[k] as number);
      const error = roundHalfEven(ratio) - ratio;
      const code = roundHalfEven(ratio) + zero;
      if (code < options.min) result.data[i] = (options.min - zero) * scale;
      else if (code > options.max) result.data[i] = (options.max - zero) * scale;
      else result.data[i] = (value / scale + error) * scale;
    }
    return result;
  };
}

const grids: readonly (readonly [x: Shape, scale: Shape, axis: number, groupSize: number])[] = [
  [[3, 5], [], 0, 0],
  [[4, 3, 2], [4], 0, 0],
  [[2, 5, 3], [5], 1, 0],
  [[3, 10], [3, 3], 1, 4],
  [[5, 4], [3, 4], 0, 2],
];

test('both gradients belong to rounding that is held still', () => {
  for (const [shape, scaleShape, axis, groupSize] of grids) {
    const r = stream(`grid ${shape}`);
    const [x, gradient] = [float64(r, shape), float64(r, shape)];
    const scale = float64(r, scaleShape, 0.1, 0.4);
    const zeroPoint = whole(r, scaleShape, 0, 7, 'float64');
    const options = { min: 0, max: 7, axis, groupSize };
    const forward = straightThrough([x, scale, zeroPoint], options);
    const operands = [x, scale, zeroPoint, gradient] as const;
    const forInput = reference.fakeQuantizeUniformGradient(operands, options);
    expectGradient(forInput, forward, [x, scale], 0, gradient);
    const forScale = reference.fakeQuantizeUniformScaleGradient(operands, options);
    expectGradient(forScale, forward, [x, scale], 1, gradient);
    expect(toNumbers(forInput).filter((value) => value === 0).length).toBeGreaterThan(0);
    expect(toNumbers(forInput).filter((value) => value !== 0).length).toBeGreaterThan(0);
  }
});
