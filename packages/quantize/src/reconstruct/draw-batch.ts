import { getBackend } from '@subbyte/kernels';
import { type Random, sizeOf, type Tensor, zeros } from '@subbyte/tensor';
import type { ChunkValues, LiveValues } from './live-values.ts';
import type { Unit } from './units.ts';

/** What a unit reads and should give, for every sample. */
export interface UnitData {
  /** Values by their names in the quantized graph, as the quantized network makes them. */
  readonly quantized: LiveValues;
  /** By their names in the float graph: inputs, targets and what losses need besides. */
  readonly float: LiveValues;
  /** What each element of a result counts, by its float name; absent: all the same. */
  readonly weights?: LiveValues | undefined;
  /** Whether samples are rows of every value, so that batches mix samples of several chunks. */
  readonly rows: boolean;
}

/** A few samples. */
export interface UnitBatch {
  /** The unit's inputs as the quantized network makes them, by their names there. */
  readonly quantized: Readonly<Record<string, Tensor>>;
  /** The same inputs as the float network makes them. */
  readonly float: Readonly<Record<string, Tensor>>;
  /** One per output of the unit. */
  readonly targets: readonly Tensor[];
  /** One per output of the unit, or none. */
  readonly weights: readonly Tensor[];
  /** Other values of the float network. */
  readonly others: Readonly<Record<string, Tensor>>;
}

/** Samples by their numbers, counted through all chunks, in the memory of the backend in use. */
function takeRows(chunks: readonly ChunkValues[], name: string, indices: Uint32Array): Tensor {
  const first = chunks[0]?.get(name) as Tensor;
  if (first.dtype !== 'float32') return first;
  const [size = 1, ...rest] = first.shape;
  const length = sizeOf(rest);
  const shape = [indices.length, ...rest];
  // Straight into the backend's memory: large arrays on the heap would be garbage at every step.
  const result = getBackend()?.zeros(shape, 'float32') ?? zeros(shape);
  const rows = result.data as Float32Array;
  indices.forEach((index, i) => {
    const chunk = chunks[Math.floor(index / size)]?.get(name) as Tensor;
    const start = (index % size) * length;
    rows.set((chunk.data as Float32Array).subarray(start, start + length), i * length);
  });
  return result;
}

/** Draws a batch: a bucket by its size, then samples of it without replacement. */
export function drawBatch(
  unit: Unit,
  data: UnitData,
  batchSize: number,
  otherNames: readonly string[],
  stream: Random,
): UnitBatch {
  const counts = data.float.map((chunks) => chunks.length);
  let ticket = stream.integer(counts.reduce((a, b) => a + b, 0));
  let bucket = 0;
  while (ticket >= (counts[bucket] as number)) ticket -= counts[bucket++] as number;
  const float = data.float[bucket] as readonly ChunkValues[];
  const size = float[0]?.get(unit.outputs[0]?.float ?? '')?.shape[0] ?? 1;
  const total = size * float.length;
  const indices = data.rows
    ? stream.permutation(total).subarray(0, Math.min(batchSize, total))
    : undefined;
  const take = (live: LiveValues, name: string): Tensor => {
    const chunks = live[bucket] as readonly ChunkValues[];
    const value = indices ? takeRows(chunks, name, indices) : (chunks[ticket]?.get(name) as Tensor);
    return getBackend()?.upload(value) ?? value;
  };
  const named = (live: LiveValues, pairs: readonly (readonly [to: string, from: string])[]) =>
    Object.fromEntries(pairs.map(([to, from]) => [to, take(live, from)] as const));
  return {
    quantized: named(
      data.quantized,
      unit.inputs.map(({ quantized }) => [quantized, quantized]),
    ),
    float: named(
      data.float,
      unit.inputs.map((pair) => [pair.quantized, pair.float]),
    ),
    targets: unit.outputs.map((output) => take(data.float, output.float)),
    weights: data.weights
      ? unit.outputs.map((output) => take(data.weights as LiveValues, output.float))
      : [],
    others: named(
      data.float,
      otherNames.map((name) => [name, name]),
    ),
  };
}
