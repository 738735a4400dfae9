// Block reconstruction (BRECQ, Li et al. 2021; QDrop, Wei et al. 2022): unit after unit, weights are
// rounded so that what the unit makes of its quantized inputs comes closest to the float network.

import type { Graph } from '@subbyte/graph';
import type { NamedBatch } from '../batches.ts';
import type { ResolvedReconstruction } from './options.ts';
import { hasWork, type PassOptions, type PassProgress, runPass, type UnitReport } from './pass.ts';
import { passesOf } from './passes.ts';
import { chunkSamples } from './sample-chunks.ts';
import { unitsOf } from './units.ts';
import { isValueGrid, withoutValueGrids, withValueGrids } from './value-grids.ts';
import { type WorkDone, workOf } from './work.ts';

/** A graph with learned rounding. */
export interface Reconstructed {
  readonly graph: Graph;
  readonly units: readonly UnitReport[];
}

/**
 * Learns the rounding of every unit of `quantized`.
 * @param float The graph it was made of.
 */
export async function reconstruct(
  float: Graph,
  quantized: Graph,
  batches: readonly NamedBatch[],
  options: ResolvedReconstruction,
  common: Pick<PassOptions, 'seed' | 'signal' | 'checkpoint'> & {
    readonly onProgress?: ((progress: PassProgress, work: WorkDone) => void) | undefined;
  },
): Promise<Reconstructed> {
  const { batchSize } = options;
  const buckets = chunkSamples(quantized, batches, batchSize);
  const passes = passesOf(
    options,
    quantized.nodes.some((node) => isValueGrid(node, quantized)),
  ).map((settings) => {
    const units = unitsOf(quantized, float, settings.kind);
    return { settings, units, learns: units.map((unit) => hasWork(unit, settings)) };
  });
  const workAt = workOf(float, passes, buckets[0]?.chunks[0]);
  let graph = quantized;
  const reports: UnitReport[] = [];
  for (const [index, { settings }] of passes.entries()) {
    const { valueGrids } = settings;
    const result = await runPass(float, valueGrids ? graph : withoutValueGrids(graph), {
      ...settings,
      ...common,
      buckets,
      batchSize,
      onProgress: (progress) =>
        common.onProgress?.(progress, workAt(index, progress.unit, progress.iteration)),
    });
    graph = valueGrids ? result.graph : withValueGrids(result.graph, graph);
    reports.push(...result.units);
  }
  return { graph, units: reports };
}
