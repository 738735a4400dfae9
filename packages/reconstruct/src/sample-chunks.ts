import type { Graph } from '@subbyte/graph';
import { type AnyTypedArray, newArray, sizeOf, type Tensor, tensor } from '@subbyte/tensor';

/** A batch with all inputs by name; the first axis counts samples. */
export type NamedBatch = Readonly<Record<string, Tensor>>;

/** Samples of one shape, in chunks of equally many. */
export interface Bucket {
  readonly chunks: readonly NamedBatch[];
  /** Samples per chunk. */
  readonly size: number;
}

function concatenate(values: readonly Tensor[]): Tensor {
  const first = values[0] as Tensor;
  const rows = values.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
  const shape = first.shape.with(0, rows);
  const data = newArray(first.dtype, sizeOf(shape));
  let at = 0;
  for (const value of values) {
    (data as Float32Array).set(value.data as Float32Array, at);
    at += value.size;
  }
  return tensor(data as AnyTypedArray, shape, first.dtype);
}

/** Whether the graph takes any number of samples, all inputs the same. */
function hasOpenBatch({ inputs }: Graph): boolean {
  const names = new Set(inputs.map(({ shape }) => shape?.[0]));
  return names.size === 1 && typeof [...names][0] === 'string';
}

/**
 * Batches as they came, sorted by shape and cut into chunks of at most `size` samples; what does not
 * fill the last chunk of its shape is left out. Graphs with a fixed batch size keep their batches.
 */
export function chunkSamples(graph: Graph, batches: readonly NamedBatch[], size: number): Bucket[] {
  if (!hasOpenBatch(graph)) {
    return batches.map((batch) => ({
      chunks: [batch],
      size: Object.values(batch)[0]?.shape[0] ?? 1,
    }));
  }
  const byShape = new Map<string, NamedBatch[]>();
  for (const batch of batches) {
    const key = JSON.stringify(graph.inputs.map(({ name }) => batch[name]?.shape.slice(1)));
    byShape.set(key, [...(byShape.get(key) ?? []), batch]);
  }
  return [...byShape.values()].map((same) => {
    const whole = graph.inputs.map(
      ({ name }) => [name, concatenate(same.map((batch) => batch[name] as Tensor))] as const,
    );
    const count = whole[0]?.[1].shape[0] ?? 0;
    const own = Math.min(size, count);
    const chunks = Array.from({ length: Math.floor(count / own) }, (_, i) =>
      Object.fromEntries(
        whole.map(([name, value]) => {
          const length = value.size / count;
          const data = value.data.subarray(i * own * length, (i + 1) * own * length);
          return [name, tensor(data as AnyTypedArray, value.shape.with(0, own), value.dtype)];
        }),
      ),
    );
    return { chunks, size: own };
  });
}
