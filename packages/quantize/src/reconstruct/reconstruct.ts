// Block reconstruction (BRECQ, Li et al. 2021; QDrop, Wei et al. 2022): unit after unit, weights are
// rounded so that what the unit makes of its quantized inputs comes closest to the float network.

import type { Graph } from '@subbyte/graph';
import type { NamedBatch } from '../batches.ts';
import { type CachePlan, planCaches } from './cache-plan.ts';
import { createLedger } from './ledger.ts';
import type { ResolvedReconstruction } from './options.ts';
import { hasWork, type PassOptions, type PassProgress, runPass, type UnitReport } from './pass.ts';
import { passesOf } from './passes.ts';
import { type Bucket, chunkSamples } from './sample-chunks.ts';
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
  readonly buckets: readonly Bucket[];
  readonly passes: readonly (PlannedPass & { readonly caches: readonly CachePlan[] })[];
}

/**
 * Plans the reconstruction of `quantized`.
 * @param float The graph it was made of.
 * @param memory Bytes that caches may hold.
 * @throws QuantizeError when a unit does not fit into them.
 */
export function planReconstruction(
  float: Graph,
  quantized: Graph,
  batches: readonly NamedBatch[],
  options: ResolvedReconstruction,
  memory: number,
): ReconstructionPlan {
  const buckets = chunkSamples(quantized, batches, options.batchSize);
  const hasGrids = quantized.nodes.some((node) => isValueGrid(node, quantized));
  const passes = passesOf(options, hasGrids).map((settings) => {
    const units = unitsOf(quantized, float, settings.kind, settings.byHand);
    return { settings, units, learns: units.map((unit) => hasWork(unit, settings)) };
  });
  const caches = planCaches(passes, float, quantized, buckets, memory);
  return {
    buckets,
    passes: passes.map((pass, i) => ({ ...pass, caches: caches[i] as CachePlan[] })),
  };
}

/** Learns the rounding of every unit of `quantized` as planned for it. */
export async function reconstruct(
  float: Graph,
  quantized: Graph,
  { buckets, passes }: ReconstructionPlan,
  common: Pick<PassOptions, 'batchSize' | 'seed' | 'signal' | 'checkpoint'> & {
    readonly onProgress?: ((progress: PassProgress, work: WorkDone) => void) | undefined;
  },
): Promise<Reconstructed> {
  const ledger = createLedger();
  const workAt = workOf(float, passes, buckets[0]?.chunks[0]);
  let graph = quantized;
  const reports: UnitReport[] = [];
  for (const [index, { settings, caches }] of passes.entries()) {
    const { valueGrids } = settings;
    const result = await runPass(float, valueGrids ? graph : withoutValueGrids(graph), {
      ...settings,
      ...common,
      buckets,
      plans: caches,
      ledger,
      onProgress: (progress) =>
        common.onProgress?.(progress, workAt(index, progress.unit, progress.iteration)),
    });
    graph = valueGrids ? result.graph : withValueGrids(result.graph, graph);
    reports.push(...result.units);
  }
  return { graph, units: reports, cachePeak: ledger.peak() };
}
