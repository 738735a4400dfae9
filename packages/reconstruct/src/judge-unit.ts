import { createExecutor, type Graph } from '@subbyte/graph';
import type { Tensor } from '@subbyte/tensor';
import type { UnitData } from './draw-batch.ts';
import { breathe, toKeep } from './live-values.ts';
import { type LossKind, unitLoss } from './loss.ts';
import type { Unit } from './units.ts';

/** A chunk of samples by its bucket and its number there. */
export interface ChunkPlace {
  readonly bucket: number;
  readonly chunk: number;
}

/** Mean losses of a kind over all samples of some chunks, of the unit as each of `parts` computes it. */
export async function judgeUnit(
  unit: Unit,
  parts: readonly Graph[],
  data: Pick<UnitData, 'quantized' | 'float' | 'weights'>,
  kind: LossKind,
  places: readonly ChunkPlace[],
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const executors = parts.map((part) => createExecutor(part));
  const sums = parts.map(() => 0);
  let samples = 0;
  try {
    for (const { bucket, chunk } of places) {
      await breathe();
      signal?.throwIfAborted();
      const inputs = Object.fromEntries(data.quantized.chunk(bucket, chunk));
      const targets = data.float.chunk(bucket, chunk);
      const weights = data.weights?.chunk(bucket, chunk);
      let count = 1;
      for (const [i, executor] of executors.entries()) {
        const results: ReadonlyMap<string, Tensor> = toKeep(executor.run(inputs));
        count = results.get(unit.outputs[0]?.quantized ?? '')?.shape[0] ?? 1;
        sums[i] = (sums[i] as number) + unitLoss(kind, unit, results, targets, weights) * count;
      }
      samples += count;
      for (const source of [data.quantized, data.float, data.weights]) source?.done();
    }
  } finally {
    for (const executor of executors) executor.dispose();
  }
  return sums.map((sum) => (samples === 0 ? 0 : sum / samples));
}
