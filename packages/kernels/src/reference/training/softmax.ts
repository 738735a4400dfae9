import type { Tensor } from '@subbyte/tensor';
import type { AxisOptions } from '../../options.ts';
import { numbersOf } from '../arrays.ts';
import { splitAt } from '../offsets.ts';
import { allocateResult } from '../result.ts';

type LineGradient = (
  operands: readonly [y: Tensor, gradient: Tensor],
  options: AxisOptions,
) => Tensor;

/**
 * Makes a gradient kernel along one axis: `total` adds up `part(y, gradient)` over a line, and
 * `rule` gives each element from `y`, its gradient and that total.
 */
function defineLineGradient(
  kernel: 'softmaxGradient' | 'logSoftmaxGradient',
  part: (y: number, gradient: number) => number,
  rule: (y: number, gradient: number, total: number) => number,
): LineGradient {
  return (operands, options) => {
    const result = allocateResult(kernel, operands, options);
    const [y, gradient, to] = [numbersOf(operands[0]), numbersOf(operands[1]), numbersOf(result)];
    const { outer, length, inner } = splitAt(result.shape, options.axis);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const place = (k: number): number => (o * length + k) * inner + i;
        let total = 0;
        for (let k = 0; k < length; k++) {
          total += part(y[place(k)] as number, gradient[place(k)] as number);
        }
        for (let k = 0; k < length; k++) {
          to[place(k)] = rule(y[place(k)] as number, gradient[place(k)] as number, total);
        }
      }
    }
    return result;
  };
}

/** `y * (gradient - sum(gradient * y))`. */
export const softmaxGradient: LineGradient = defineLineGradient(
  'softmaxGradient',
  (y, gradient) => gradient * y,
  (y, gradient, total) => y * (gradient - total),
);

/** `gradient - exp(y) * sum(gradient)`. */
export const logSoftmaxGradient: LineGradient = defineLineGradient(
  'logSoftmaxGradient',
  (_, gradient) => gradient,
  (y, gradient, total) => gradient - Math.exp(y) * total,
);
