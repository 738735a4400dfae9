import type { Shape } from '@subbyte/tensor';
import type { IntegerKernelName } from '../table.ts';
import { checkRank, checkShape, fail, operandShape } from './check.ts';
import { conv2dShape } from './conv.ts';
import { checkEpilogue } from './integer-epilogue.ts';
import { packedRules } from './packed.ts';
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

/** Shapes of the integer kernels. */
export const integerRules: { readonly [K in IntegerKernelName]: NamedRule<K> } = {
  ...packedRules,
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
  integerLookup: (kernel, shapes) => {
    checkShape(kernel, 'table', operandShape(kernel, shapes, 1, 'table'), [256]);
    return [...operandShape(kernel, shapes, 0, 'x')];
  },
  integerMaxPool2d: (kernel, shapes, options) =>
    channelsLast(
      pool2dShape(channelsFirst(kernel, operandShape(kernel, shapes, 0, 'x')), options, kernel),
    ),
};
