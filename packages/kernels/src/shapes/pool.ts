import type { Shape } from '@subbyte/tensor';
import type { Pool2dOptions } from '../options.ts';
import { checkRank, checkWhole, fail, show } from './check.ts';

function windows(
  length: number,
  options: Pool2dOptions,
  axis: 0 | 1,
  before: number,
  after: number,
): number {
  const stride = options.strides[axis];
  const extent = options.dilations[axis] * (options.kernel[axis] - 1) + 1;
  const steps = (length + before + after - extent) / stride;
  if (!options.ceil) return Math.floor(steps) + 1;
  const count = Math.ceil(steps) + 1;
  // A window that starts in the padding behind the image is left out (ONNX opset 19).
  return (count - 1) * stride >= length + before ? count - 1 : count;
}

/**
 * Shape of the pooling kernels: `[N, C, H', W']`.
 * @throws KernelError when `x` has not rank 4 or the output would be empty.
 */
export function pool2dShape(x: Shape, options: Pool2dOptions, kernel = 'pool2d'): number[] {
  checkRank(kernel, 'x', x, 4);
  checkWhole(kernel, 'kernel', options.kernel, 1);
  checkWhole(kernel, 'strides', options.strides, 1);
  checkWhole(kernel, 'dilations', options.dilations, 1);
  checkWhole(kernel, 'padding', options.padding, 0);
  const [batch, channels, height, width] = x as readonly [number, number, number, number];
  const [top, left, bottom, right] = options.padding;
  const down = windows(height, options, 0, top, bottom);
  const along = windows(width, options, 1, left, right);
  if (down < 1 || along < 1) {
    fail(
      kernel,
      `window ${show(options.kernel)} on x ${show(x)} leaves an output of ${show([down, along])}`,
    );
  }
  return [batch, channels, down, along];
}
