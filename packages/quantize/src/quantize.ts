import { type Graph, simplify } from '@subbyte/graph';
import type { UniformQuantizer } from '@subbyte/quantizers';
import {
  insertQuantizers,
  piecesByHand,
  planReconstruction,
  reconstruct,
  type UnitReport,
} from '@subbyte/reconstruct';
import { avoidTies } from './avoid-ties.ts';
import { canCut } from './batches.ts';
import { correctBiases } from './bias-correction.ts';
import { type Calibration, calibrate } from './calibrate.ts';
import { compareGraphs } from './compare-graphs.ts';
import { type QuantizeConfig, resolveConfig } from './config.ts';
import { QuantizeError } from './errors.ts';
import { claimStore } from './job.ts';
import { weightedOps } from './layers.ts';
import { learnedGrids } from './learned-grids.ts';
import { makePlan, type Plan } from './plan.ts';
import type { ProgressEvent } from './progress.ts';
import { makeReport, metadataOf, type QuantizeReport } from './report.ts';
import { roundBiases } from './round-biases.ts';
import { fitWeights, type WeightGrid } from './weights.ts';

/** A quantized graph and what was done to it. */
export interface Quantized {
  /** A simplified graph with `fakeQuantize` nodes; its metadata carry the recipe. */
  readonly graph: Graph;
  readonly report: QuantizeReport;
}

/** Samples on which output SQNRs are measured. */
const measuredSamples = 32;

/**
 * Quantizes a float graph after training: simplifies it, finds ranges on calibration data, puts weights
 * and activations on grids (nearest rounding), corrects biases and measures the result.
 * @throws QuantizeError for configurations and data that do not fit, before any work where that can be
 * known; GraphError for malformed graphs. Rejects with the signal's reason when aborted.
 */
export async function quantize(graph: Graph, config: QuantizeConfig): Promise<Quantized> {
  const resolved = resolveConfig(config);
  const { signal, onProgress } = config;
  signal?.throwIfAborted();
  // Engines fuse these two with a layer and its grid; other activations stand between two grids.
  const float = simplify(graph, { activations: ['relu', 'clip'] });
  const plan = makePlan(float, resolved);
  // Only to see that they fit: quantizers are not in place yet.
  if (resolved.reconstruction?.units) piecesByHand(float, resolved.reconstruction.units);

  const calibration: Calibration = config.calibration
    ? await calibrate(float, plan.sites, config.calibration, {
        samples: resolved.samples,
        observer: resolved.activations?.observer ?? 'minMax',
        keepAll: resolved.reconstruction !== undefined,
        onProgress,
        signal,
      })
    : { observers: new Map(), kept: [], all: [], samples: 0 };

  const activations = new Map<string, UniformQuantizer>();
  const onMembers = new Map<string, UniformQuantizer>();
  for (const { value, bits, members } of plan.sites) {
    const symmetric = resolved.activations?.symmetric ?? false;
    const quantizer = calibration.observers.get(value)?.finish({ bits, symmetric });
    if (!quantizer) continue;
    activations.set(value, quantizer);
    for (const member of members) onMembers.set(member, quantizer);
  }
  const weights = await fitAllWeights(plan, float, onMembers, onProgress, signal);
  const quantizers = new Map([...weights].map(([name, { quantizer }]) => [name, quantizer]));
  let quantized = insertQuantizers(float, onMembers, quantizers);

  let units: readonly UnitReport[] = [];
  if (resolved.reconstruction) {
    const { batchSize } = resolved.reconstruction;
    if (calibration.samples < batchSize && canCut(float)) {
      throw new QuantizeError(
        `calibration has ${calibration.samples} samples: reconstruction needs at least one batch of ${batchSize} (reconstruction.batchSize)`,
      );
    }
    const batches = calibration.all;
    const plan = planReconstruction(
      float,
      quantized,
      batches,
      resolved.reconstruction,
      resolved.memory,
    );
    const parts = { float, quantized, batches, config: resolved };
    if (config.checkpoint) await claimStore(config.checkpoint, parts);
    const reconstructed = await reconstruct(float, quantized, plan, {
      seed: resolved.seed,
      onProgress: ({ loss, ...unit }, work) =>
        onProgress?.({ stage: 'reconstruct', ...work, unit, loss }),
      signal,
      checkpoint: config.checkpoint,
    });
    quantized = reconstructed.graph;
    units = reconstructed.units;
  }
  let corrections: ReadonlyMap<string, number> = new Map();
  if (resolved.biasCorrection) {
    const correction = await correctBiases(float, quantized, plan.layers, calibration.kept, {
      onProgress: (done, total) => onProgress?.({ stage: 'bias', done, total }),
      signal,
    });
    quantized = correction.graph;
    corrections = correction.magnitudes;
  }
  quantized = roundBiases(avoidTies(quantized));
  const layerNodes = float.nodes.filter(({ op }) => weightedOps.has(op));
  const results = new Set(layerNodes.flatMap(({ outputs }) => outputs));
  const measured =
    calibration.kept.length > 0
      ? await compareGraphs(float, quantized, calibration.kept, {
          samples: measuredSamples,
          values: results,
          onProgress: (done) => onProgress?.({ stage: 'measure', done, total: measuredSamples }),
          signal,
        })
      : undefined;
  const grids = resolved.reconstruction
    ? learnedGrids(float, quantized, plan)
    : { weights, activations };
  const report = makeReport({
    graph: float,
    config: resolved,
    plan,
    ...grids,
    observers: calibration.observers,
    corrections,
    sqnrs: new Map(measured?.values.map(({ value, sqnr }) => [value, sqnr])),
    outputSqnr: measured && Math.min(...measured.outputs.map(({ sqnr }) => sqnr)),
    samples: calibration.samples,
    units,
  });
  const metadata = { ...quantized.metadata, ...metadataOf(report) };
  return { graph: { ...quantized, metadata }, report };
}

async function fitAllWeights(
  plan: Plan,
  graph: Graph,
  activations: ReadonlyMap<string, UniformQuantizer>,
  onProgress: ((event: ProgressEvent) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<Map<string, WeightGrid>> {
  const weights = new Map<string, WeightGrid>();
  for (const layer of plan.layers) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    const input = activations.get(layer.node.inputs[0] as string);
    weights.set(layer.node.name, fitWeights(layer, graph, input?.scale[0]));
    onProgress?.({ stage: 'weights', done: weights.size, total: plan.layers.length });
  }
  return weights;
}
