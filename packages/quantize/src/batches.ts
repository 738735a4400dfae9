import type { Graph } from '@subbyte/graph';
import type { NamedBatch } from '@subbyte/reconstruct';
import { sizeOf, type Tensor, tensor } from '@subbyte/tensor';
import type { Batch, Batches } from './config.ts';
import { QuantizeError } from './errors.ts';

const isTensor = (batch: Batch): batch is Tensor => 'storage' in batch && 'dtype' in batch;

function named(batch: Batch, graph: Graph, index: number): NamedBatch {
  if (!isTensor(batch)) return batch;
  const [only] = graph.inputs;
  if (!only || graph.inputs.length !== 1) {
    const names = graph.inputs.map(({ name }) => `"${name}"`).join(', ');
    throw new QuantizeError(`calibration batch ${index} is one tensor: expected inputs ${names}`);
  }
  return { [only.name]: batch };
}

/** The first `count` entries along axis 0; a copy on the heap. */
function takeRows(input: Tensor, count: number): Tensor {
  const shape = input.shape.with(0, count);
  return tensor(input.data.slice(0, sizeOf(shape)), shape, input.dtype);
}

function checkFinite(value: Tensor, name: string, index: number): void {
  if (value.dtype !== 'float32' && value.dtype !== 'float64') return;
  const data = value.data as Float32Array | Float64Array;
  for (let i = 0; i < data.length; i++) {
    const number = data[i] as number;
    if (number - number !== 0) {
      throw new QuantizeError(
        `calibration batch ${index}: "${name}" has ${number} at ${i}, expected finite numbers`,
      );
    }
  }
}

/**
 * Takes `limit` samples from `batches`, checked; the last batch is cut to fit. Gives control back to
 * the event loop before each batch, so that an abort arrives.
 * @throws QuantizeError for batches that do not fit the graph, and when there are no samples at all.
 */
export async function* takeBatches(
  batches: Batches,
  graph: Graph,
  limit: number,
  signal?: AbortSignal | undefined,
): AsyncGenerator<{ readonly batch: NamedBatch; readonly count: number; readonly index: number }> {
  let taken = 0;
  let index = 0;
  for await (const given of batches) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    let batch = named(given, graph, index);
    const counts = new Set(Object.values(batch).map(({ shape }) => shape[0] ?? 0));
    const count = Math.max(...counts);
    if (!(count > 0)) {
      throw new QuantizeError(`calibration batch ${index} has no samples: expected at least one`);
    }
    for (const [name, value] of Object.entries(batch)) checkFinite(value, name, index);
    const left = limit - taken;
    // Inputs without a common first axis cannot be cut.
    if (count > left && counts.size === 1 && canCut(graph)) {
      batch = Object.fromEntries(
        Object.entries(batch).map(([name, value]) => [name, takeRows(value, left)]),
      );
    }
    yield { batch, count: Math.min(count, left), index };
    taken += count;
    index++;
    if (taken >= limit) return;
  }
  if (taken === 0) throw new QuantizeError('calibration gave no batches: expected at least one');
}

/** Whether the graph takes any batch size. */
export function canCut(graph: Graph): boolean {
  return graph.inputs.every(({ shape }) => shape === undefined || typeof shape[0] === 'string');
}
