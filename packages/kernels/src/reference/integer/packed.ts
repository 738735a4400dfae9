import type { Tensor } from '@subbyte/tensor';
import type { PackedWeightOptions } from '../../packed-table.ts';
import type { Kernel } from '../../table.ts';
import { numbersOf } from '../arrays.ts';
import { allocateResult } from '../result.ts';
import { roundHalfEven } from '../unary-arithmetic.ts';
import { integerEpilogue } from './epilogue.ts';

/** Weights `[outputs, inputs]`: the codes of each row of `packed` less their zero. */
function unpacked(
  packed: Tensor,
  inputs: number,
  { bits, weightZero }: PackedWeightOptions,
): Int16Array {
  const [outputs, rowBytes] = packed.shape as readonly [number, number];
  const bytes = numbersOf(packed);
  const weights = new Int16Array(outputs * inputs);
  for (let o = 0; o < outputs; o++) {
    for (let k = 0; k < inputs; k++) {
      let code = 0;
      for (let bit = 0; bit < bits; bit++) {
        const place = k * bits + bit;
        const byte = bytes[o * rowBytes + Math.floor(place / 8)] as number;
        code += ((byte >> (place % 8)) & 1) << bit;
      }
      weights[o * inputs + k] = code - weightZero;
    }
  }
  return weights;
}

/** Products of rows of codes with rows of packed weights, with their epilogue. */
export const packedMatmul: Kernel<'packedMatmul'> = (operands, options) => {
  const [x, weight, bias, multiplier] = operands;
  const result = allocateResult('packedMatmul', operands, options);
  const inputs = x.shape.at(-1) as number;
  const outputs = weight.shape[0] as number;
  const weights = unpacked(weight, inputs, options);
  const [codes, biases, to] = [numbersOf(x), numbersOf(bias), numbersOf(result)];
  const finish = integerEpilogue(multiplier, undefined, options);
  for (let index = 0; index < result.size; index++) {
    const [row, o] = [Math.floor(index / outputs), index % outputs];
    let sum = biases[o] as number;
    for (let k = 0; k < inputs; k++) {
      const code = codes[row * inputs + k] as number;
      sum += (weights[o * inputs + k] as number) * (code - options.inputZero);
    }
    to[index] = finish(sum | 0, o, index);
  }
  return result;
};

/** Float32 rows, each on an int8 grid of its own, times rows of packed weights. */
export const matmulNBits: Kernel<'matmulNBits'> = (operands, options) => {
  const [x, weight, scale, bias] = operands;
  const result = allocateResult('matmulNBits', operands, options);
  const inputs = x.shape.at(-1) as number;
  const outputs = weight.shape[0] as number;
  const weights = unpacked(weight, inputs, options);
  const [values, scales, to] = [numbersOf(x), numbersOf(scale), numbersOf(result)];
  const biases = bias && numbersOf(bias);
  const { groupSize } = options;
  const groups = Math.ceil(inputs / groupSize);
  for (let row = 0; row * outputs < result.size; row++) {
    const own = Array.from({ length: inputs }, (_, k) => values[row * inputs + k] as number);
    const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const step = Math.fround(largest / 127);
    const codes = own.map((value) => {
      const steps = roundHalfEven(Math.fround(value / step));
      return Number.isNaN(steps) ? 0 : Math.min(Math.max(steps, -127), 127);
    });
    for (let o = 0; o < outputs; o++) {
      let total = 0;
      for (let g = 0; g < groups; g++) {
        let sum = 0;
        for (let k = g * groupSize; k < Math.min((g + 1) * groupSize, inputs); k++) {
          sum += (weights[o * inputs + k] as number) * (codes[k] as number);
        }
        const scaled = Math.fround(Math.fround(sum | 0) * (scales[o * groups + g] as number));
        total = Math.fround(total + scaled);
      }
      const value = Math.fround(total * step);
      to[row * outputs + o] = biases ? value + (biases[o] as number) : value;
    }
  }
  return result;
};
