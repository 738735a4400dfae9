import type { Kernel } from '../../table.ts';
import { numbersOf } from '../arrays.ts';
import { validRange } from '../conv2d.ts';
import { allocateResult } from '../result.ts';

type Sizes = readonly [number, number, number, number];

/** Every element of the gradient adds its weighted kernel to the input: one plane at a time. */
export const conv2dInputGradient: Kernel<'conv2dInputGradient'> = (operands, options) => {
  const [gradient, weight] = operands;
  const result = allocateResult('conv2dInputGradient', operands, options);
  const [batch, channels, height, width] = result.shape as Sizes;
  const [outputs, perGroup, kernelHeight, kernelWidth] = weight.shape as Sizes;
  const [, , rows, columns] = gradient.shape as Sizes;
  const { groups, strides, dilations, padding } = options;
  const [g, w, to] = [numbersOf(gradient), numbersOf(weight), numbersOf(result)];
  const groupOutputs = outputs / groups;
  const plane = new Float64Array(height * width);
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c++) {
      plane.fill(0);
      const firstOutput = Math.floor(c / perGroup) * groupOutputs;
      for (let o = firstOutput; o < firstOutput + groupOutputs; o++) {
        const image = (n * outputs + o) * rows * columns;
        const taps = (o * perGroup + (c % perGroup)) * kernelHeight * kernelWidth;
        for (let ky = 0; ky < kernelHeight; ky++) {
          const downShift = ky * dilations[0] - padding[0];
          const [firstRow, lastRow] = validRange(rows, strides[0], downShift, height);
          for (let kx = 0; kx < kernelWidth; kx++) {
            const tap = w[taps + ky * kernelWidth + kx] as number;
            const shift = kx * dilations[1] - padding[1];
            const [first, last] = validRange(columns, strides[1], shift, width);
            for (let row = firstRow; row <= lastRow; row++) {
              const line = image + row * columns;
              const target = (row * strides[0] + downShift) * width + shift;
              for (let column = first; column <= last; column++) {
                const place = target + column * strides[1];
                plane[place] = (plane[place] as number) + tap * (g[line + column] as number);
              }
            }
          }
        }
      }
      to.set(plane, (n * channels + c) * plane.length);
    }
  }
  return result;
};

/** Every tap is the inner product of the gradient with the part of the input that it saw. */
export const conv2dWeightGradient: Kernel<'conv2dWeightGradient'> = (operands, options) => {
  const [input, gradient] = operands;
  const result = allocateResult('conv2dWeightGradient', operands, options);
  const [batch, channels, height, width] = input.shape as Sizes;
  const [outputs, perGroup, kernelHeight, kernelWidth] = result.shape as Sizes;
  const [, , rows, columns] = gradient.shape as Sizes;
  const { groups, strides, dilations, padding } = options;
  const [x, g, to] = [numbersOf(input), numbersOf(gradient), numbersOf(result)];
  let place = 0;
  for (let o = 0; o < outputs; o++) {
    const firstChannel = Math.floor(o / (outputs / groups)) * perGroup;
    for (let c = firstChannel; c < firstChannel + perGroup; c++) {
      for (let ky = 0; ky < kernelHeight; ky++) {
        const downShift = ky * dilations[0] - padding[0];
        const [firstRow, lastRow] = validRange(rows, strides[0], downShift, height);
        for (let kx = 0; kx < kernelWidth; kx++) {
          const shift = kx * dilations[1] - padding[1];
          const [first, last] = validRange(columns, strides[1], shift, width);
          let sum = 0;
          for (let n = 0; n < batch; n++) {
            for (let row = firstRow; row <= lastRow; row++) {
              const target = ((n * outputs + o) * rows + row) * columns;
              const line =
                ((n * channels + c) * height + row * strides[0] + downShift) * width + shift;
              for (let column = first; column <= last; column++) {
                sum += (g[target + column] as number) * (x[line + column * strides[1]] as number);
              }
            }
          }
          to[place++] = sum;
        }
      }
    }
  }
  return result;
};
