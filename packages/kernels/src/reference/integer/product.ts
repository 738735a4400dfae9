import { reshape } from '@subbyte/tensor';
import type { Kernel } from '../../table.ts';
import { numbersOf } from '../arrays.ts';
import { allocateResult, checkOperands } from '../result.ts';
import { integerEpilogue } from './epilogue.ts';

type Sizes = readonly [number, number, number, number];

/** Grouped 2-D cross-correlation of codes, with its epilogue. */
export const integerConv2d: Kernel<'integerConv2d'> = (operands, options) => {
  const [input, weight, bias, multiplier, residual, offsets] = operands;
  const result = allocateResult('integerConv2d', operands, options);
  const [batch, height, width, channels] = input.shape as Sizes;
  const [outputs, perGroup, kernelHeight, kernelWidth] = weight.shape as Sizes;
  const [, rows, columns] = result.shape as Sizes;
  const { groups, strides, dilations, padding, inputZero } = options;
  const [x, w, b, to] = [numbersOf(input), numbersOf(weight), numbersOf(bias), numbersOf(result)];
  const finish = integerEpilogue(multiplier, residual, options);
  const moved = offsets && numbersOf(offsets);
  let index = 0;
  for (let n = 0; n < batch; n++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (let o = 0; o < outputs; o++) {
          const first = Math.floor(o / (outputs / groups)) * perGroup;
          let sum = b[o] as number;
          let [sumX, sumW, count] = [0, 0, 0];
          for (let ky = 0; ky < kernelHeight; ky++) {
            const y = row * strides[0] + ky * dilations[0] - padding[0];
            if (y < 0 || y >= height) continue;
            for (let kx = 0; kx < kernelWidth; kx++) {
              const at = column * strides[1] + kx * dilations[1] - padding[1];
              if (at < 0 || at >= width) continue;
              const pixel = ((n * height + y) * width + at) * channels + first;
              for (let c = 0; c < perGroup; c++) {
                const tap = w[
                  ((o * perGroup + c) * kernelHeight + ky) * kernelWidth + kx
                ] as number;
                const code = (x[pixel + c] as number) - inputZero;
                sum += tap * code;
                sumX += code;
                sumW += tap;
                count++;
              }
            }
          }
          const sums = [sumX, sumW, count] as const;
          to[index] = finish(sum | 0, o, index, moved && { sums, offsets: moved });
          index++;
        }
      }
    }
  }
  return result;
};

/** Products of rows of codes with rows of weights, with their epilogue: a convolution with one tap. */
export const integerMatmul: Kernel<'integerMatmul'> = (operands, options) => {
  const [x, weight, bias, multiplier, residual, offsets] = operands;
  const [, shape] = checkOperands('integerMatmul', operands, options);
  const [outputs, inputs] = weight.shape as readonly [number, number];
  const pixels = x.shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const result = integerConv2d(
    [
      reshape(x, [pixels, 1, 1, inputs]),
      reshape(weight, [outputs, inputs, 1, 1]),
      bias,
      multiplier,
      residual && reshape(residual, [pixels, 1, 1, outputs]),
      offsets,
    ],
    { ...options, strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 },
  );
  return reshape(result, shape);
};
