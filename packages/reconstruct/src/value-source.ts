// Values of one of the two networks where learning is: kept, or computed from what is kept before.

import { createExecutor, type Graph } from '@subbyte/graph';
import { getBackend } from '@subbyte/kernels';
import { sizeOf, type Tensor, zeros } from '@subbyte/tensor';
import type { KeptValue } from './kept-value.ts';
import type { Ledger } from './ledger.ts';
import { type ChunkValues, joinParts, type LiveValues, toKeep, weigh } from './live-values.ts';

/** Gives values by name, some samples at a time; what it gives counts as held until `done`. */
export interface ValueSource {
  /** Of chunk `chunk` of a bucket, on the heap: not to be written to. */
  chunk(bucket: number, chunk: number): ReadonlyMap<string, Tensor>;
  /** Of samples by their numbers, counted through the chunks of a bucket; call it in a `scope`. */
  rows(bucket: number, indices: Uint32Array): ReadonlyMap<string, Tensor>;
  /** What was given is no longer looked at. */
  done(): void;
  dispose(): void;
}

/** Rows of a value, in the memory of the backend in use; what is no float has none. */
function takeRows(chunks: readonly ChunkValues[], name: string, indices: Uint32Array): Tensor {
  const first = chunks[0]?.get(name) as KeptValue;
  if (first.dtype !== 'float32') return first.read();
  const [size = 1, ...rest] = first.shape;
  const length = sizeOf(rest);
  const shape = [indices.length, ...rest];
  // Straight into the backend's memory: large arrays on the heap would be garbage at every step.
  const result = getBackend()?.zeros(shape, 'float32') ?? zeros(shape);
  const rows = result.data as Float32Array;
  indices.forEach((index, i) => {
    const value = chunks[Math.floor(index / size)]?.get(name) as KeptValue;
    value.copy((index % size) * length, length, rows, i * length);
  });
  return result;
}

/**
 * The values `names`.
 * @param parts What lies between the kept values and those that are not kept.
 */
export function valueSource(
  live: LiveValues,
  names: Iterable<string>,
  parts: readonly Graph[],
  ledger: Ledger,
): ValueSource {
  const all = new Set(names);
  const isKept = (name: string): boolean => live[0]?.[0]?.has(name) ?? false;
  const kept = [...all].filter(isKept);
  const missing = [...all].filter((name) => !isKept(name));
  const graph = missing.length > 0 ? joinParts(parts, isKept, missing) : undefined;
  const executor = graph && createExecutor(graph);
  let given = 0;
  const count = (values: Iterable<Tensor>): void => {
    const bytes = weigh(values);
    given += bytes;
    ledger.hold(bytes);
  };
  /** All values, by those that are kept. */
  const complete = (read: (name: string) => Tensor): Map<string, Tensor> => {
    const values = new Map(kept.map((name) => [name, read(name)]));
    count(values.values());
    if (!executor || !graph) return values;
    const inputs = graph.inputs.map(({ name }) => [name, values.get(name) ?? read(name)] as const);
    const fresh = inputs.filter(([name]) => !values.has(name)).map(([, value]) => value);
    count(fresh);
    const results = toKeep(executor.run(Object.fromEntries(inputs)));
    count(results.values());
    return new Map([...values, ...results]);
  };
  return {
    chunk: (bucket, chunk) => {
      const values = live[bucket]?.[chunk] as ChunkValues;
      return complete((name) => (values.get(name) as KeptValue).read());
    },
    rows: (bucket, indices) =>
      complete((name) => takeRows(live[bucket] as readonly ChunkValues[], name, indices)),
    done: () => {
      ledger.hold(-given);
      given = 0;
    },
    dispose: () => executor?.dispose(),
  };
}
