import {
  normalizeAxis,
  reshape as reshapeView,
  type Shape,
  sizeOf,
  type Tensor,
} from '@subbyte/tensor';
import { record, report } from './tape.ts';

/**
 * The same elements under another shape, without a copy. One size may be -1: what is left.
 * @throws TensorError when the sizes differ.
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const rest = shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
  const full = shape.map((size) => (size === -1 ? x.size / rest : size));
  const result = reshapeView(x, full);
  record({
    name: 'reshape',
    operands: [x],
    results: [result],
    fresh: false,
    backward: ([gradient]) => [gradient && reshapeView(gradient, x.shape)],
  });
  report({ kernel: 'reshape', operands: [x], options: { shape: full }, result });
  return result;
}

/** The same tensor, through which no gradient passes. */
export function stopGradient(x: Tensor): Tensor {
  const result = reshapeView(x, x.shape);
  report({ kernel: 'reshape', operands: [x], options: { shape: x.shape }, result });
  return result;
}

/** `x` with the axes from `axis` on made one; by default `[N, C, H, W]` to `[N, C * H * W]`. */
export function flatten(x: Tensor, axis = 1): Tensor {
  const first = normalizeAxis(axis, x.shape.length);
  return reshape(x, [...x.shape.slice(0, first), sizeOf(x.shape.slice(first))]);
}
