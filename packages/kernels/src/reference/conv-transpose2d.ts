import { activationFunction } from '../activation.ts';
import type { Kernel } from '../table.ts';
import { numbersOf } from './arrays.ts';
import { validRange } from './conv2d.ts';
import { allocateResult } from './result.ts';

type Sizes = readonly [number, number, number, number];

/** Grouped transposed convolution: every input element adds its weighted kernel to the output. */
export const convTranspose2d: Kernel<'convTranspose2d'> = (operands, options) => {
  const [input, weight, bias] = operands;
  const result = allocateResult('convTranspose2d', operands, options);
  const [batch, channels, height, width] = input.shape as Sizes;
  const [, perGroup, kernelHeight, kernelWidth] = weight.shape as Sizes;
  const [, outputs, rows, columns] = result.shape as Sizes;
  const { groups, strides, dilations, padding } = options;
  const activate = activationFunction(options.activation);
  const x = numbersOf(input);
  const w = numbersOf(weight);
  const b = bias && numbersOf(bias);
  const to = numbersOf(result);
  const groupInputs = channels / groups;
  const plane = new Float64Array(rows * columns);
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < outputs; o++) {
      plane.fill(b ? (b[o] as number) : 0);
      const firstChannel = Math.floor(o / perGroup) * groupInputs;
      for (let c = firstChannel; c < firstChannel + groupInputs; c++) {
        const image = (n * channels + c) * height * width;
        const taps = (c * perGroup + (o % perGroup)) * kernelHeight * kernelWidth;
        for (let ky = 0; ky < kernelHeight; ky++) {
          const downShift = ky * dilations[0] - padding[0];
          const [firstRow, lastRow] = validRange(height, strides[0], downShift, rows);
          for (let kx = 0; kx < kernelWidth; kx++) {
            const tap = w[taps + ky * kernelWidth + kx] as number;
            const shift = kx * dilations[1] - padding[1];
            const [first, last] = validRange(width, strides[1], shift, columns);
            for (let row = firstRow; row <= lastRow; row++) {
              const line = image + row * width;
              const target = (row * strides[0] + downShift) * columns + shift;
              for (let column = first; column <= last; column++) {
                const place = target + column * strides[1];
                plane[place] = (plane[place] as number) + tap * (x[line + column] as number);
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
