// Weights of the reconstruction loss by the Fisher information of a unit's results (BRECQ, Li et al.
// 2021, eq. 10): their squared gradients, for each sample by itself, at the quantized prefix, where the
// outputs differ from the float network's (at the float point the gradient vanishes).

import { record } from '@subbyte/autograd';
import type { Graph } from '@subbyte/graph';
import { scope, type Tensor, toHeap } from '@subbyte/tensor';
import { breathe, type ChunkValues, type LiveValues } from './live-values.ts';
import { outputGradient, restOfNetwork } from './rest-of-network.ts';
import type { Unit } from './units.ts';

/** Share of the plain loss in the weighted one: elements without gradient still count. */
const floor = 0.1;

/**
 * Gradients of the network's outputs with respect to a unit's results, by the names of these.
 * @param results What the quantized unit gives, with nearest rounding.
 * @param float Live values of the float network, with the unit's results.
 */
async function outputGradients(
  network: Graph,
  unit: Unit,
  results: LiveValues,
  float: LiveValues,
  signal: AbortSignal | undefined,
): Promise<LiveValues> {
  const rest = restOfNetwork(network, unit);
  const all: ChunkValues[][] = [];
  for (const [b, bucket] of results.entries()) {
    const own: ChunkValues[] = [];
    for (const [c, values] of bucket.entries()) {
      await breathe();
      signal?.throwIfAborted();
      const known = float[b]?.[c] as ChunkValues;
      own.push(
        scope(() => {
          const others = rest.inputs.map((name) => [name, known.get(name) as Tensor] as const);
          const from = (pick: (output: Unit['outputs'][number]) => Tensor | undefined) =>
            Object.fromEntries([
              ...others,
              ...unit.outputs.map((output) => [output.float, pick(output) as Tensor] as const),
            ]);
          const expected = rest.apply(from((output) => known.get(output.float)));
          const watched = unit.outputs.map((output) => values.get(output.quantized) as Tensor);
          const recording = record(watched, () =>
            rest.apply(from((output) => values.get(output.quantized))),
          );
          const seeds = recording.result.map((actual, i) =>
            outputGradient(expected[i] as Tensor, actual),
          );
          const gradients = recording.backward(recording.result, seeds, watched);
          return new Map(
            unit.outputs.map((output, i) => [output.float, toHeap(gradients[i] as Tensor)]),
          );
        }) as ChunkValues,
      );
    }
    all.push(own);
  }
  return all;
}

/**
 * What each element of a unit's results counts in the loss, by their float names: 1 in the mean over
 * all samples (`diagonal`), or the magnitude of the gradient itself, of mean square 1 (`full`).
 */
export async function fisherWeights(
  network: Graph,
  unit: Unit,
  results: LiveValues,
  float: LiveValues,
  kind: 'diagonal' | 'full',
  signal: AbortSignal | undefined,
): Promise<LiveValues> {
  const gradients = await outputGradients(network, unit, results, float, signal);
  for (const output of unit.outputs) {
    const arrays = gradients.flatMap((bucket) =>
      bucket.map((values) => values.get(output.float)?.data as Float32Array),
    );
    let [sum, count] = [0, 0];
    for (const array of arrays) {
      count += array.length;
      for (let i = 0; i < array.length; i++) sum += (array[i] as number) ** 2;
    }
    const scale = sum > 0 ? count / sum : 0;
    for (const array of arrays) {
      for (let i = 0; i < array.length; i++) {
        const square = (array[i] as number) ** 2 * scale;
        array[i] = kind === 'full' ? Math.sqrt(square) : floor + (1 - floor) * square;
      }
    }
  }
  return gradients;
}
