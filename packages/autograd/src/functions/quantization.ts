import {
  type FakeQuantizeDropOptions,
  type FakeQuantizeUniformOptions,
  type GridOptions,
  kernels,
} from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import { apply } from '../apply.ts';
import { record } from '../tape.ts';

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

/**
 * `fakeQuantizeUniform` with one scale for a random part of the elements, the others keep their value
 * (QDrop, Wei et al. 2022). Gradients as there, and straight through for the others. It is for
 * learning only: a traced graph does not have it.
 */
export function fakeQuantizeDrop(
  x: Tensor,
  scale: Tensor,
  zeroPoint: Tensor,
  options: FakeQuantizeDropOptions,
): Tensor {
  const result = kernels.fakeQuantizeDrop([x, scale, zeroPoint], options);
  record({
    name: 'fakeQuantizeDrop',
    operands: [x, scale, zeroPoint],
    results: [result],
    fresh: true,
    backward: ([gradient], wants) => {
      if (!gradient) return [];
      const all = [x, scale, zeroPoint, gradient] as const;
      return [
        wants(0) ? kernels.fakeQuantizeDropGradient(all, options) : undefined,
        wants(1) ? kernels.fakeQuantizeDropScaleGradient(all, options) : undefined,
      ];
    },
  });
  return result;
}
