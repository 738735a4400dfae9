// Weights of the reconstruction loss by the Fisher information of a unit's results (BRECQ, Li et al.
// 2021, eq. 10): their squared gradients, for each sample by itself, at the quantized prefix, where the
// outputs differ from the float network's (at the float point the gradient vanishes).

import { record } from '@subbyte/autograd';
import { createExecutor } from '@subbyte/graph';
import { scope, type Tensor, tensor, toHeap } from '@subbyte/tensor';
import type { UnitData } from './draw-batch.ts';
import { type Form, type KeptValue, keepValue } from './kept-value.ts';
import type { Ledger } from './ledger.ts';
import { breathe, type ChunkValues, type LiveValues, toKeep } from './live-values.ts';
import { outputGradient, type RestOfNetwork } from './rest-of-network.ts';
import type { Unit } from './units.ts';

/** Share of the plain loss in the weighted one: elements without gradient still count. */
const floor = 0.1;

/** Gradients of the network's outputs with respect to a unit's results, by the names of these. */
function outputGradients(
  unit: Unit,
  rest: RestOfNetwork,
  results: ReadonlyMap<string, Tensor>,
  known: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  return scope(() => {
    const others = rest.inputs.map((name) => [name, known.get(name) as Tensor] as const);
    const from = (pick: (output: Unit['outputs'][number]) => Tensor | undefined) =>
      Object.fromEntries([
        ...others,
        ...unit.outputs.map((output) => [output.float, pick(output) as Tensor] as const),
      ]);
    const expected = rest.apply(from((output) => known.get(output.float)));
    const watched = unit.outputs.map((output) => results.get(output.quantized) as Tensor);
    const recording = record(watched, () =>
      rest.apply(from((output) => results.get(output.quantized))),
    );
    const seeds = recording.result.map((actual, i) =>
      outputGradient(expected[i] as Tensor, actual),
    );
    const gradients = recording.backward(recording.result, seeds, watched);
    return new Map(unit.outputs.map((output, i) => [output.float, toHeap(gradients[i] as Tensor)]));
  }) as Map<string, Tensor>;
}

/**
 * What each element of a unit's results counts in the loss, by their float names: 1 in the mean over
 * all samples (`diagonal`), or the magnitude of the gradient itself, of mean square 1 (`full`).
 * @param data What the unit reads, and the float network's values, with those the rest of it needs.
 * @param form How the weights are kept; the caller releases them.
 */
export async function fisherWeights(
  unit: Unit,
  rest: RestOfNetwork,
  data: UnitData,
  kind: 'diagonal' | 'full',
  form: Form,
  ledger: Ledger,
  signal: AbortSignal | undefined,
): Promise<LiveValues> {
  const weights: ChunkValues[][] = [];
  const executor = createExecutor(unit.quantized);
  const keep = (value: Tensor): KeptValue => {
    const kept = keepValue(value, form);
    ledger.hold(kept.bytes);
    return kept;
  };
  try {
    for (const [b, { count }] of data.chunks.entries()) {
      const own: ChunkValues[] = [];
      for (let c = 0; c < count; c++) {
        await breathe();
        signal?.throwIfAborted();
        const results = toKeep(executor.run(Object.fromEntries(data.quantized.chunk(b, c))));
        const gradients = outputGradients(unit, rest, results, data.float.chunk(b, c));
        own.push(new Map([...gradients].map(([name, value]) => [name, keep(value)])));
        data.quantized.done();
        data.float.done();
      }
      weights.push(own);
    }
  } finally {
    executor.dispose();
  }
  for (const { float } of unit.outputs) {
    const all = weights.flat();
    const arrayOf = (values: ChunkValues): Float32Array =>
      values.get(float)?.read().data as Float32Array;
    let [sum, count] = [0, 0];
    for (const values of all) {
      const array = arrayOf(values);
      count += array.length;
      for (let i = 0; i < array.length; i++) sum += (array[i] as number) ** 2;
    }
    const scale = sum > 0 ? count / sum : 0;
    for (const values of all) {
      const old = values.get(float) as KeptValue;
      const array = arrayOf(values);
      for (let i = 0; i < array.length; i++) {
        const square = (array[i] as number) ** 2 * scale;
        array[i] = kind === 'full' ? Math.sqrt(square) : floor + (1 - floor) * square;
      }
      values.set(float, keep(tensor(array, old.shape)));
      ledger.hold(-old.bytes);
    }
  }
  return weights;
}
