import type { FakeQuantizeUniformOptions, GridOptions } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import { apply } from '../apply.ts';

/** `(code - zeroPoint) * scale`; gradients pass to the scale. */
export function dequantizeLinear(
  codes: Tensor,
  scale: Tensor,
  zeroPoint?: Tensor | undefined,
  { axis = 0, groupSize = 0 }: Partial<GridOptions> = {},
): Tensor {
  const operands = zeroPoint ? ([codes, scale, zeroPoint] as const) : ([codes, scale] as const);
  return apply('dequantizeLinear', operands, { axis, groupSize });
}

/**
 * `x` moved to the grid of codes `min` to `max`. Straight-through gradient for `x` inside the
 * range, the step-size gradient of LSQ for `scale`, none for the zero point.
 */
export function fakeQuantizeUniform(
  x: Tensor,
  scale: Tensor,
  zeroPoint: Tensor,
  options: Pick<FakeQuantizeUniformOptions, 'min' | 'max'> & Partial<GridOptions>,
): Tensor {
  const { axis = 0, groupSize = 0, min, max } = options;
  return apply('fakeQuantizeUniform', [x, scale, zeroPoint], { axis, groupSize, min, max });
}
