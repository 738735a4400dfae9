import { createExecutor, type Graph, GraphError } from '@subbyte/graph';
import { kernels } from '@subbyte/kernels';
import {
  createObserver,
  type Observer,
  QuantizerError,
  type RangeOption,
} from '@subbyte/quantizers';
import type { NamedBatch } from '@subbyte/reconstruct';
import type { Tensor } from '@subbyte/tensor';
import { batchKeeper } from './batch-keeper.ts';
import { takeBatches } from './batches.ts';
import type { Batches } from './config.ts';
import { QuantizeError } from './errors.ts';
import type { Site } from './plan.ts';
import type { ProgressEvent } from './progress.ts';

/** What one pass over the calibration data found. */
export interface Calibration {
  /** One observer per value. */
  readonly observers: ReadonlyMap<string, Observer>;
  /** Batches spread evenly over the data, for the steps that look at it again. */
  readonly kept: readonly NamedBatch[];
  /** Every batch, where they were asked for. */
  readonly all: readonly NamedBatch[];
  readonly samples: number;
}

/**
 * Runs the float graph over the calibration data and watches the sites' values, clamped to their
 * windows, in fixed memory.
 * @throws QuantizeError for batches that do not fit the graph, and for NaN and infinities.
 */
export async function calibrate(
  graph: Graph,
  sites: readonly Pick<Site, 'value' | 'window'>[],
  batches: Batches,
  options: {
    readonly samples: number;
    readonly observer: RangeOption;
    /** Keep every batch: reconstruction learns from all of them. */
    readonly keepAll?: boolean | undefined;
    readonly onProgress?: ((event: ProgressEvent) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Calibration> {
  const observers = new Map(sites.map(({ value }) => [value, createObserver(options.observer)]));
  const windows = new Map(sites.map(({ value, window }) => [value, window]));
  const executor = createExecutor(graph);
  const kept = batchKeeper();
  const all: NamedBatch[] = [];
  let samples = 0;
  try {
    const taken = takeBatches(batches, graph, options.samples, options.signal);
    for await (const { batch, count, index } of taken) {
      const onValue = (name: string, value: Tensor): void => {
        try {
          const window = windows.get(name);
          if (!window) observers.get(name)?.observe(value);
          else {
            const clamped = kernels.clip([value], window);
            observers.get(name)?.observe(clamped);
            clamped.storage.dispose();
          }
        } catch (cause) {
          if (!(cause instanceof QuantizerError)) throw cause;
          throw new QuantizeError(`calibration batch ${index}, "${name}": ${cause.message}`, {
            cause,
          });
        }
      };
      runBatch(executor, batch, index, { onValue, signal: options.signal });
      for (const [name, value] of Object.entries(batch)) onValue(name, value);
      kept.offer(batch, count);
      if (options.keepAll) all.push(batch);
      samples += count;
      options.onProgress?.({ stage: 'calibrate', done: samples, total: options.samples });
    }
  } finally {
    executor.dispose();
  }
  return { observers, kept: kept.batches(), all, samples };
}

function runBatch(
  executor: ReturnType<typeof createExecutor>,
  batch: NamedBatch,
  index: number,
  options: Parameters<ReturnType<typeof createExecutor>['run']>[1],
): void {
  try {
    const outputs = executor.run(batch, options);
    for (const value of Object.values(outputs)) value.storage.dispose();
  } catch (cause) {
    // The executor wraps what its callbacks throw.
    const inner = cause instanceof GraphError ? cause.cause : undefined;
    if (inner instanceof QuantizeError) throw inner;
    if (!(cause instanceof GraphError)) throw cause;
    throw new QuantizeError(`calibration batch ${index}: ${cause.message}`, { cause });
  }
}
