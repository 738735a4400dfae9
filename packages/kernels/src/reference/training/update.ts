// Updates write their operands in place and return the first.

import type { Kernel } from '../../table.ts';
import { type NumberArray, numbersOf } from '../arrays.ts';
import { checkOperands } from '../result.ts';

/**
 * Stochastic gradient descent as PyTorch defines it, the velocity starting at 0:
 * `v = momentum * v + g`; the step is `v`, or `g + momentum * v` with `nesterov`.
 */
export const sgdUpdate: Kernel<'sgdUpdate'> = (operands, options) => {
  checkOperands('sgdUpdate', operands, options);
  const [parameter, gradient, velocity] = operands.map(numbersOf) as [
    NumberArray,
    NumberArray,
    NumberArray,
  ];
  const { rate, momentum, nesterov, weightDecay } = options;
  for (let i = 0; i < parameter.length; i++) {
    const value = parameter[i] as number;
    const slope = (gradient[i] as number) + weightDecay * value;
    const speed = momentum * (velocity[i] as number) + slope;
    velocity[i] = speed;
    parameter[i] = value - rate * (nesterov ? slope + momentum * speed : speed);
  }
  return operands[0];
};

/**
 * Adam (Kingma and Ba, 2015, algorithm 1) or AdamW (Loshchilov and Hutter, 2019, algorithm 2) as
 * PyTorch defines them: `epsilon` is added to the square root of the corrected second moment.
 */
export const adamUpdate: Kernel<'adamUpdate'> = (operands, options) => {
  checkOperands('adamUpdate', operands, options);
  const [parameter, gradient, mean, square] = operands.map(numbersOf) as [
    NumberArray,
    NumberArray,
    NumberArray,
    NumberArray,
  ];
  const { rate, beta1, beta2, epsilon, weightDecay, decoupled, step } = options;
  const shrink = decoupled ? 1 - rate * weightDecay : 1;
  const penalty = decoupled ? 0 : weightDecay;
  const meanCorrection = 1 - beta1 ** step;
  const squareCorrection = 1 - beta2 ** step;
  for (let i = 0; i < parameter.length; i++) {
    const value = parameter[i] as number;
    const slope = (gradient[i] as number) + penalty * value;
    const first = beta1 * (mean[i] as number) + (1 - beta1) * slope;
    const second = beta2 * (square[i] as number) + (1 - beta2) * slope * slope;
    mean[i] = first;
    square[i] = second;
    const deviation = Math.sqrt(second / squareCorrection) + epsilon;
    parameter[i] = shrink * value - (rate * (first / meanCorrection)) / deviation;
  }
  return operands[0];
};

/** `target = decay * target + (1 - decay) * source`. */
export const blendUpdate: Kernel<'blendUpdate'> = (operands, options) => {
  checkOperands('blendUpdate', operands, options);
  const [target, source] = [numbersOf(operands[0]), numbersOf(operands[1])];
  const { decay } = options;
  for (let i = 0; i < target.length; i++) {
    target[i] = decay * (target[i] as number) + (1 - decay) * (source[i] as number);
  }
  return operands[0];
};

/** `target += source`. */
export const accumulateUpdate: Kernel<'accumulateUpdate'> = (operands, options) => {
  checkOperands('accumulateUpdate', operands, options);
  const [target, source] = [numbersOf(operands[0]), numbersOf(operands[1])];
  for (let i = 0; i < target.length; i++) {
    target[i] = (target[i] as number) + (source[i] as number);
  }
  return operands[0];
};
