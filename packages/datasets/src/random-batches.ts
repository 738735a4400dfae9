import { random, randomNormal, type Shape } from '@subbyte/tensor';
import type { Batch } from './types.ts';

/**
 * `count` batches of standard normal numbers: `shape` is `[N, …]`. They tell how a model runs,
 * not how well; ranges calibrated on them are guesses.
 */
export function* randomBatches(shape: Shape, seed: number, count = 1): Generator<Batch> {
  const stream = random(seed);
  const size = shape[0] ?? 1;
  for (let i = 0; i < count; i++) {
    const indices = Uint32Array.from({ length: size }, (_, j) => i * size + j);
    yield { input: randomNormal(shape, stream), indices };
  }
}
