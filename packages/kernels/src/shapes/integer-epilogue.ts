import type { IntegerEpilogueOptions } from '../integer-table.ts';
import { checkShape, checkWhole, fail, type OperandShapes, operandShape } from './check.ts';

const isFinite32 = (x: number): boolean => Number.isFinite(Math.fround(x));

/** @throws KernelError unless bias, multiplier, residual and options suit a result of `shape`. */
export function checkEpilogue(
  kernel: string,
  shapes: OperandShapes,
  { inputZero, inputRange, output, residual }: IntegerEpilogueOptions,
  shape: readonly number[],
): number[] {
  const channels = [shape.at(-1) as number];
  checkShape(kernel, 'bias', operandShape(kernel, shapes, 2, 'bias'), channels);
  checkShape(kernel, 'multiplier', operandShape(kernel, shapes, 3, 'multiplier'), channels);
  checkShape(kernel, 'residual', shapes[4], shape);
  checkShape(kernel, 'offsets', shapes[5], [4, ...channels]);
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
