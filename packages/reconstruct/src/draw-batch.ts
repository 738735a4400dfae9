import { getBackend } from '@subbyte/kernels';
import type { Random, Tensor } from '@subbyte/tensor';
import type { Unit } from './units.ts';
import type { ValueSource } from './value-source.ts';

/** What a unit reads and should give, for every sample. */
export interface UnitData {
  /** Values by their names in the quantized graph, as the quantized network makes them. */
  readonly quantized: ValueSource;
  /** By their names in the float graph: inputs, targets and what losses need besides. */
  readonly float: ValueSource;
  /** What each element of a result counts, by its float name; absent: all the same. */
  readonly weights?: ValueSource | undefined;
  /** Chunks to learn from, and samples in each of them, by bucket. */
  readonly chunks: readonly { readonly count: number; readonly size: number }[];
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

/** Draws a batch: a bucket by its size, then samples of it without replacement. */
export function drawBatch(
  unit: Unit,
  data: UnitData,
  batchSize: number,
  otherNames: readonly string[],
  stream: Random,
): UnitBatch {
  const counts = data.chunks.map(({ count }) => count);
  let ticket = stream.integer(counts.reduce((a, b) => a + b, 0));
  let bucket = 0;
  while (ticket >= (counts[bucket] as number)) ticket -= counts[bucket++] as number;
  const total = (data.chunks[bucket]?.size ?? 1) * (counts[bucket] as number);
  const indices = data.rows
    ? stream.permutation(total).subarray(0, Math.min(batchSize, total))
    : undefined;
  const draw = (source: ValueSource) => {
    const values = indices ? source.rows(bucket, indices) : source.chunk(bucket, ticket);
    return (name: string): Tensor => {
      const value = values.get(name) as Tensor;
      return getBackend()?.upload(value) ?? value;
    };
  };
  const [quantized, float] = [draw(data.quantized), draw(data.float)];
  const weights = data.weights && draw(data.weights);
  return {
    quantized: Object.fromEntries(
      unit.inputs.map((pair) => [pair.quantized, quantized(pair.quantized)]),
    ),
    float: Object.fromEntries(unit.inputs.map((pair) => [pair.quantized, float(pair.float)])),
    targets: unit.outputs.map((output) => float(output.float)),
    weights: weights ? unit.outputs.map((output) => weights(output.float)) : [],
    others: Object.fromEntries(otherNames.map((name) => [name, float(name)])),
  };
}
