import { type Shape, sizeOf } from './shape.ts';
import { type FloatTensor, tensor } from './tensor.ts';

/** A seeded stream of random numbers: same seed, same numbers, on every machine. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** The integers 0 … count - 1 in random order. */
  permutation(count: number): Uint32Array;
}

/** Makes a stream from `seed` (any number; its low 32 bits count). Generator: sfc32 (Doty-Humphrey). */
export function random(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed | 0;
  let counter = 1;
  const next = (): number => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  for (let i = 0; i < 15; i++) next();
  const uniform = (): number => next() / 2 ** 32;
  let spare: number | undefined;
  return {
    uniform,
    normal: () => {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      // Box-Muller; 1 - u avoids log(0).
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    integer: (bound) => Math.floor(uniform() * bound),
    permutation: (count) => {
      const order = Uint32Array.from({ length: count }, (_, i) => i);
      for (let i = count - 1; i > 0; i--) {
        const j = Math.floor(uniform() * (i + 1));
        const swap = order[i] as number;
        order[i] = order[j] as number;
        order[j] = swap;
      }
      return order;
    },
  };
}

/** A float32 tensor of `shape` with uniform values in [`low`, `high`). */
export function randomUniform(shape: Shape, stream: Random, low = 0, high = 1): FloatTensor {
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = low + (high - low) * stream.uniform();
  return tensor(values, shape, 'float32');
}

/** A float32 tensor of `shape` with normal values. */
export function randomNormal(shape: Shape, stream: Random, mean = 0, deviation = 1): FloatTensor {
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = mean + deviation * stream.normal();
  return tensor(values, shape, 'float32');
}
