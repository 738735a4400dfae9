// Block reconstruction (BRECQ, Li et al. 2021; QDrop, Wei et al. 2022): unit after unit, weights are
// rounded so that what the unit makes of its quantized inputs comes closest to the float network.

import { checkInputs, type Graph } from '@subbyte/graph';
import { type CachePlan, planCaches } from './cache-plan.ts';
import type { CheckpointStore } from './checkpoint.ts';
import { QuantizeError } from './errors.ts';
import { createLedger } from './ledger.ts';
import type { ResolvedReconstruction } from './options.ts';
import { hasWork, type PassProgress, runPass, type UnitReport } from './pass.ts';
import { passesOf } from './passes.ts';
import { type Bucket, chunkSamples, type NamedBatch } from './sample-chunks.ts';
import { unitsOf } from './units.ts';
import { isValueGrid, withoutValueGrids, withValueGrids } from './value-grids.ts';
import { type PlannedPass, type WorkDone, workOf } from './work.ts';

/** A graph with learned rounding. */
export interface Reconstructed {
  readonly graph: Graph;
  readonly units: readonly UnitReport[];
  /** The most bytes that caches held at once. */
  readonly cachePeak: number;
}

/** What is going to be done, and how samples are kept meanwhile. */
export interface ReconstructionPlan {
  readonly batchSize: number;
  readonly buckets: readonly Bucket[];
  readonly passes: readonly (PlannedPass & { readonly caches: readonly CachePlan[] })[];
}

/** Options of `reconstruct`. */
export interface ReconstructOptions {
  /** Of everything random. */
  readonly seed: number;
  /**
   * Where finished units are kept, and looked for before they are learned. That a store is of these
   * graphs, batches and options is for the caller to see to: only names, shapes and widths are checked.
   */
  readonly checkpoint?: CheckpointStore | undefined;
  /** Units that the checkpoint has are passed over in silence. */
  readonly onProgress?: ((progress: PassProgress, work: WorkDone) => void) | undefined;
  /** Rejects with the signal's reason between two steps of work. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Plans the reconstruction of `quantized`.
 * @param float The graph it was made of: the same nodes by the same names, without `fakeQuantize`.
 * @param batches Samples to learn from, at least one batch.
 * @param memory Bytes that caches may hold.
 * @throws QuantizeError without batches, for units by hand that do not fit the graph, and when a unit
 * does not fit into `memory`; GraphError for batches that do not fit the graph.
 */
export function planReconstruction(
  float: Graph,
  quantized: Graph,
  batches: readonly NamedBatch[],
  options: ResolvedReconstruction,
  memory: number,
): ReconstructionPlan {
  if (batches.length === 0) throw new QuantizeError('batches are empty: expected at least one');
  for (const batch of batches) checkInputs(float.inputs, batch);
  const buckets = chunkSamples(quantized, batches, options.batchSize);
  const hasGrids = quantized.nodes.some((node) => isValueGrid(node, quantized));
  const passes = passesOf(options, hasGrids).map((settings) => {
    const units = unitsOf(quantized, float, settings.kind, settings.byHand);
    return { settings, units, learns: units.map((unit) => hasWork(unit, settings)) };
  });
  const caches = planCaches(passes, float, quantized, buckets, memory);
  return {
    batchSize: options.batchSize,
    buckets,
    passes: passes.map((pass, i) => ({ ...pass, caches: caches[i] as CachePlan[] })),
  };
}

/**
 * Learns the rounding of every unit of `quantized` as planned for these two graphs. Same arguments, same
 * bytes, whether in one go or gone on with from a checkpoint.
 * @throws QuantizeError for checkpoints that are damaged or of other units. Rejects with the signal's
 * reason when aborted.
 */
export async function reconstruct(
  float: Graph,
  quantized: Graph,
  { batchSize, buckets, passes }: ReconstructionPlan,
  options: ReconstructOptions,
): Promise<Reconstructed> {
  const ledger = createLedger();
  const workAt = workOf(float, passes, buckets[0]?.chunks[0]);
  let graph = quantized;
  const reports: UnitReport[] = [];
  for (const [index, { settings, caches }] of passes.entries()) {
    const { valueGrids } = settings;
    const result = await runPass(float, valueGrids ? graph : withoutValueGrids(graph), {
      ...settings,
      ...options,
      batchSize,
      buckets,
      plans: caches,
      ledger,
      onProgress: (progress) =>
        options.onProgress?.(progress, workAt(index, progress.unit, progress.iteration)),
    });
    graph = valueGrids ? result.graph : withValueGrids(result.graph, graph);
    reports.push(...result.units);
  }
  return { graph, units: reports, cachePeak: ledger.peak() };
}
