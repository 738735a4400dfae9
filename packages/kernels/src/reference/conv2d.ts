import { activationFunction } from '../activation.ts';
import type { Kernel } from '../table.ts';
import { numbersOf } from './arrays.ts';
import { allocateResult } from './result.ts';

type Sizes = readonly [number, number, number, number];

/**
 * The output positions `[first, last]` whose input position `position * stride + shift` lies in
 * [0, length); empty when `last < first`.
 */
export function validRange(
  count: number,
  stride: number,
  shift: number,
  length: number,
): readonly [first: number, last: number] {
  const first = Math.max(0, Math.ceil(-shift / stride));
  const last = Math.min(count - 1, Math.floor((length - 1 - shift) / stride));
  return [first, last];
}

/** Grouped 2-D cross-correlation, accumulated in double precision, one output plane at a time. */
export const conv2d: Kernel<'conv2d'> = (operands, options) => {
  const [input, weight, bias] = operands;
  const result = allocateResult('conv2d', operands, options);
  const [batch, channels, height, width] = input.shape as Sizes;
  const [outputs, perGroup, kernelHeight, kernelWidth] = weight.shape as Sizes;
  const [, , rows, columns] = result.shape as Sizes;
  const { groups, strides, dilations, padding } = options;
  const activate = activationFunction(options.activation);
  const x = numbersOf(input);
  const w = numbersOf(weight);
  const b = bias && numbersOf(bias);
  const to = numbersOf(result);
  const plane = new Float64Array(rows * columns);
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < outputs; o++) {
      plane.fill(b ? (b[o] as number) : 0);
      const firstChannel = Math.floor(o / (outputs / groups)) * perGroup;
      for (let c = 0; c < perGroup; c++) {
        const image = (n * channels + firstChannel + c) * height * width;
        for (let ky = 0; ky < kernelHeight; ky++) {
          const downShift = ky * dilations[0] - padding[0];
          const [firstRow, lastRow] = validRange(rows, strides[0], downShift, height);
          for (let kx = 0; kx < kernelWidth; kx++) {
            const tap = w[((o * perGroup + c) * kernelHeight + ky) * kernelWidth + kx] as number;
            const shift = kx * dilations[1] - padding[1];
            const [first, last] = validRange(columns, strides[1], shift, width);
            for (let row = firstRow; row <= lastRow; row++) {
              const line = image + (row * strides[0] + downShift) * width + shift;
              const target = row * columns;
              for (let column = first; column <= last; column++) {
                plane[target + column] =
                  (plane[target + column] as number) +
                  tap * (x[line + column * strides[1]] as number);
              }
            }
          }
        }
      }
      const start = (n * outputs + o) * plane.length;
      for (let i = 0; i < plane.length; i++) to[start + i] = activate(plane[i] as number);
    }
  }
  return result;
};
