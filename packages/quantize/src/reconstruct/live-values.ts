// The values that later units need, of every calibration sample, before and behind quantization.

import { createExecutor, type Graph } from '@subbyte/graph';
import { type Tensor, toHeap } from '@subbyte/tensor';
import type { Bucket } from './sample-chunks.ts';

/** Values by name, for one chunk of samples. */
export type ChunkValues = Map<string, Tensor>;

/** Values of all chunks, bucket by bucket. */
export type LiveValues = readonly (readonly ChunkValues[])[];

/** The graph's inputs as the first live values. */
export function inputValues(buckets: readonly Bucket[]): LiveValues {
  return buckets.map(({ chunks }) => chunks.map((batch) => new Map(Object.entries(batch))));
}

/** Lets other work happen, so that an abort arrives. */
export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/**
 * Runs a part of the graph on every chunk.
 * @returns Its outputs, on the JavaScript heap.
 */
export async function runPart(
  part: Graph,
  live: LiveValues,
  signal: AbortSignal | undefined,
): Promise<LiveValues> {
  const executor = createExecutor(part);
  try {
    const results: ChunkValues[][] = [];
    for (const bucket of live) {
      const own: ChunkValues[] = [];
      for (const values of bucket) {
        await breathe();
        signal?.throwIfAborted();
        const inputs = part.inputs.map(({ name }) => [name, values.get(name) as Tensor]);
        const outputs = executor.run(Object.fromEntries(inputs), { signal });
        own.push(new Map(Object.entries(outputs).map(([name, value]) => [name, keep(value)])));
      }
      results.push(own);
    }
    return results;
  } finally {
    executor.dispose();
  }
}

function keep(value: Tensor): Tensor {
  const copy = toHeap(value);
  value.storage.dispose();
  return copy;
}

/** Adds `more` to the live values and drops those whose name is not in `needed`; default: none. */
export function mergeValues(
  live: LiveValues,
  more: LiveValues,
  needed?: ReadonlySet<string>,
): LiveValues {
  return live.map((bucket, b) =>
    bucket.map((values, c) => {
      const all = [...values, ...(more[b]?.[c] ?? [])];
      return new Map(all.filter(([name]) => needed?.has(name) ?? true));
    }),
  );
}
