import type { Shape } from '@subbyte/tensor';
import type { IntegerEpilogueOptions } from '../integer-table.ts';
import type { IntegerKernelName } from '../table.ts';
import {
  checkRank,
  checkShape,
  checkWhole,
  fail,
  type OperandShapes,
  operandShape,
} from './check.ts';
import { conv2dShape } from './conv.ts';
import { pool2dShape } from './pool.ts';
import type { NamedRule } from './rule.ts';

/** Shape `[N, H, W, C]` as `[N, C, H, W]`. */
function channelsFirst(kernel: string, x: Shape): Shape {
  checkRank(kernel, 'x', x, 4);
  const [n, h, w, c] = x as readonly [number, number, number, number];
  return [n, c, h, w];
}

/** Shape `[N, C, H, W]` as `[N, H, W, C]`. */
function channelsLast(x: Shape): number[] {
  const [n, c, h, w] = x as readonly [number, number, number, number];
  return [n, h, w, c];
}

const isFinite32 = (x: number): boolean => Number.isFinite(Math.fround(x));

/** @throws KernelError unless bias, multiplier, residual and options suit a result of `shape`. */
function checkEpilogue(
  kernel: string,
  shapes: OperandShapes,
  { inputZero, inputRange, output, residual }: IntegerEpilogueOptions,
  shape: readonly number[],
): number[] {
  const channels = [shape.at(-1) as number];
  checkShape(kernel, 'bias', operandShape(kernel, shapes, 2, 'bias'), channels);
  checkShape(kernel, 'multiplier', operandShape(kernel, shapes, 3, 'multiplier'), channels);
  checkShape(kernel, 'residual', shapes[4], shape);
  if ((shapes[4] === undefined) !== (residual === undefined)) {
    fail(kernel, 'a residual operand and its options: expected both or neither');
  }
  checkWhole(kernel, 'inputZero', [inputZero], -128);
  if (inputRange) {
    checkWhole(kernel, 'inputRange', inputRange, -128);
    const [min, max] = inputRange;
    if (min > max || max > 255) {
      fail(kernel, `inputRange from ${min} to ${max}: expected the smaller first, 255 at most`);
    }
  }
  if (output.dtype !== 'float32') {
    checkWhole(kernel, 'output', [output.zeroPoint, output.min, output.max], -128);
  }
  if (output.min > output.max)
    fail(kernel, `output from ${output.min} to ${output.max}: expected the smaller first`);
  if (residual) {
    const { grid, own, step } = residual;
    const scales = [grid.scale, step, own?.scale ?? 1];
    if (!scales.every((scale) => scale > 0 && isFinite32(scale))) {
      fail(kernel, `residual scales ${scales.join(', ')}: expected positive float32 values`);
    }
  }
  return [...shape];
}

/** Shapes of the integer kernels. */
export const integerRules: { readonly [K in IntegerKernelName]: NamedRule<K> } = {
  integerConv2d: (kernel, shapes, options) => {
    const x = channelsFirst(kernel, operandShape(kernel, shapes, 0, 'x'));
    const weight = operandShape(kernel, shapes, 1, 'weight');
    return checkEpilogue(kernel, shapes, options, channelsLast(conv2dShape(x, weight, options)));
  },
  integerMatmul: (kernel, shapes, options) => {
    const x = operandShape(kernel, shapes, 0, 'x');
    const weight = operandShape(kernel, shapes, 1, 'weight');
    checkRank(kernel, 'weight', weight, 2);
    if (x.length === 0) fail(kernel, 'x is a scalar: expected [..., K]');
    checkShape(kernel, 'weight', weight, [weight[0] as number, x.at(-1) as number]);
    return checkEpilogue(kernel, shapes, options, [...x.slice(0, -1), weight[0] as number]);
  },
  integerMaxPool2d: (kernel, shapes, options) =>
    channelsLast(
      pool2dShape(channelsFirst(kernel, operandShape(kernel, shapes, 0, 'x')), options, kernel),
    ),
};
