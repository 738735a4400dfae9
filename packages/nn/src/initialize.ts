import {
  type Random,
  randomNormal,
  randomUniform,
  type Shape,
  type Tensor,
  zeros,
} from '@subbyte/tensor';

/** Connections of one unit: inputs it sums over, outputs it reaches. */
export interface Fans {
  readonly inputs: number;
  readonly outputs: number;
}

/** Makes the first values of a weight. */
export type Initializer = (shape: Shape, fans: Fans, random: Random) => Tensor;

/** Gain of rectifiers: half of the signal is lost at each. */
const reluGain = Math.SQRT2;

/** Normal with deviation `gain / sqrt(inputs)` (He et al. 2015); the gain is for relu. */
export function kaimingNormal(gain: number = reluGain): Initializer {
  return (shape, { inputs }, random) => randomNormal(shape, random, 0, gain / Math.sqrt(inputs));
}

/** Uniform with the deviation of `kaimingNormal`. */
export function kaimingUniform(gain: number = reluGain): Initializer {
  return (shape, { inputs }, random) => {
    const bound = gain * Math.sqrt(3 / inputs);
    return randomUniform(shape, random, -bound, bound);
  };
}

/** Normal with deviation `gain * sqrt(2 / (inputs + outputs))` (Glorot and Bengio 2010). */
export function xavierNormal(gain = 1): Initializer {
  return (shape, { inputs, outputs }, random) =>
    randomNormal(shape, random, 0, gain * Math.sqrt(2 / (inputs + outputs)));
}

/** Uniform with the deviation of `xavierNormal`. */
export function xavierUniform(gain = 1): Initializer {
  return (shape, { inputs, outputs }, random) => {
    const bound = gain * Math.sqrt(6 / (inputs + outputs));
    return randomUniform(shape, random, -bound, bound);
  };
}

/** Normal with a given deviation and mean. */
export function normal(deviation: number, mean = 0): Initializer {
  return (shape, _, random) => randomNormal(shape, random, mean, deviation);
}

/** Zeros. */
export const allZeros: Initializer = (shape) => zeros(shape);
