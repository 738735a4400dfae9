// One pass over the units of a network, each learned with what those before it have become.

import { type Graph, inferTypes } from '@subbyte/graph';
import type { CacheMode, CachePlan } from './cache-plan.ts';
import { type Caches, createCaches } from './caches.ts';
import { type CheckpointStore, type FinishedUnit, restoreUnit, storeUnit } from './checkpoint.ts';
import type { UnitData } from './draw-batch.ts';
import { fisherWeights } from './fisher.ts';
import { type ChunkPlace, judgeUnit } from './judge-unit.ts';
import { learnUnit, type Stage } from './learn-unit.ts';
import { learnedUnit } from './learned-unit.ts';
import type { Ledger } from './ledger.ts';
import { heldBy } from './live-values.ts';
import { withOutcome } from './outcome.ts';
import type { PassSettings } from './passes.ts';
import { restOfNetwork } from './rest-of-network.ts';
import type { Bucket } from './sample-chunks.ts';
import { type Unit, unitsOf } from './units.ts';
import { valueSource } from './value-source.ts';

/** How one unit went. */
export interface UnitReport {
  /** Which pass it belongs to: `weights`, `steps`, `joint` or `network`. */
  readonly pass: string;
  readonly name: string;
  readonly layers: readonly string[];
  /** Loss on held-back samples before; mean over samples of the sum over channels. */
  readonly lossBefore: number;
  /** The same with what was learned. */
  readonly lossAfter: number;
  /** Whether what was learned is used: only when it is better. */
  readonly kept: boolean;
  /** Weights that are rounded to the other neighbour than the nearest. */
  readonly flips: number;
  readonly weights: number;
  /** Updates that were made: fewer than asked for when the rounding was decided before. */
  readonly updates: number;
  /** Loss of the last batch. */
  readonly trainingLoss: number;
  /** How its samples were kept meanwhile, and the most bytes that took with those of a batch. */
  readonly cache: CacheMode;
  readonly cacheBytes: number;
}

/** The unit that is being reconstructed. */
export interface UnitProgress {
  /** `weights`, `steps`, `joint` or `network`. */
  readonly pass: string;
  /** Its number in the pass, from 0. */
  readonly unit: number;
  /** Units of the pass. */
  readonly units: number;
  /** Names of its layers. */
  readonly layers: readonly string[];
  /** From 0, before the first update, to `iterations`. */
  readonly iteration: number;
  readonly iterations: number;
}

/** What a pass is doing: at the first update, now and then, and at the last. */
export interface PassProgress extends UnitProgress {
  /** Of the last batch; `undefined` before the first. */
  readonly loss: number | undefined;
}

/** Options of a pass. */
export interface PassOptions extends PassSettings, Pick<Stage, 'batchSize'> {
  readonly buckets: readonly Bucket[];
  /** How the samples of each unit are kept. */
  readonly plans: readonly CachePlan[];
  readonly ledger: Ledger;
  readonly seed: number;
  readonly checkpoint?: CheckpointStore | undefined;
  readonly onProgress?: ((progress: PassProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Whether samples are rows of every value that a unit reads and gives. */
function hasRows(unit: Unit, graph: Graph, types: ReturnType<typeof inferTypes>): boolean {
  const batch = graph.inputs[0]?.shape?.[0];
  if (typeof batch !== 'string') return false;
  const names = [...unit.inputs, ...unit.outputs].map(({ quantized }) => quantized);
  return names.every((name) => {
    const type = types.get(name);
    return type?.dtype !== 'float32' || type.shape?.[0] === batch;
  });
}

/** Chunks that are held back to judge by: one of sixteen, none of fewer than four. */
const heldBack = (chunks: number): number =>
  chunks < 4 ? 0 : Math.max(1, Math.floor(chunks / 16));

/** The chunks to learn from, and those to judge by: all, where there are too few to hold any back. */
function divide(buckets: readonly Bucket[]): {
  learn: UnitData['chunks'];
  judge: readonly ChunkPlace[];
} {
  const learn = buckets.map(({ chunks: { length }, size }) => ({
    count: length - heldBack(length),
    size,
  }));
  const places = (from: (bucket: number) => number): ChunkPlace[] =>
    buckets.flatMap(({ chunks }, bucket) =>
      chunks.flatMap((_, chunk) => (chunk >= from(bucket) ? [{ bucket, chunk }] : [])),
    );
  const judge = places((bucket) => learn[bucket]?.count ?? 0);
  return { learn, judge: judge.length > 0 ? judge : places(() => 0) };
}

/** Learns one unit and judges what came of it. */
async function learn(
  network: Graph,
  unit: Unit,
  caches: Caches,
  rows: boolean,
  options: PassOptions,
  index: number,
  units: number,
): Promise<FinishedUnit> {
  const { signal, name: pass, iterations, ledger } = options;
  const plan = options.plans[index] as CachePlan;
  const progress = (iteration: number, loss: number | undefined): void => {
    const { layers } = unit;
    options.onProgress?.({ pass, unit: index, units, layers, iteration, iterations, loss });
  };
  progress(0, undefined);
  await caches.keepTargets(index, plan);
  const learner = learnedUnit(unit);
  const { learn: chunks, judge } = divide(options.buckets);
  const { loss: lossKind, predictionDifference } = options;
  const looksBehind = lossKind !== 'meanSquare' || predictionDifference > 0;
  const rest = looksBehind ? restOfNetwork(network, unit) : undefined;
  const floatNames = [...unit.inputs, ...unit.outputs].map(({ float }) => float);
  const quantizedNames = unit.inputs.map((pair) => pair.quantized);
  const quantized = caches.source('quantized', index, quantizedNames);
  const float = caches.source('float', index, [...floatNames, ...(rest?.inputs ?? [])]);
  const data = { quantized, float, chunks, rows };
  const all = options.buckets.map((bucket) => ({ ...bucket, count: bucket.chunks.length }));
  const fisher =
    rest && lossKind !== 'meanSquare'
      ? await fisherWeights(
          unit,
          rest,
          { ...data, chunks: all },
          lossKind === 'fisherFull' ? 'full' : 'diagonal',
          plan.form,
          ledger,
          signal,
        )
      : undefined;
  const weights =
    fisher &&
    valueSource(
      fisher,
      unit.outputs.map((own) => own.float),
      [],
      ledger,
    );
  try {
    let trainingLoss = 0;
    const { variables, updates } = await learnUnit(
      unit,
      learner,
      learner.init(options.learned),
      { ...data, weights },
      { ...options, seed: (options.seed + (index + 1) * 1_000_003) % 2 ** 31 },
      predictionDifference > 0 ? rest : undefined,
      (iteration, loss) => {
        trainingLoss = loss;
        progress(iteration, loss);
      },
      signal,
    );
    const outcome = learner.harden(variables);
    const parts = [unit.quantized, withOutcome(unit.quantized, outcome)];
    const losses = await judgeUnit(unit, parts, { ...data, weights }, lossKind, judge, signal);
    const [lossBefore, lossAfter] = losses as [number, number];
    const report = {
      pass,
      name: unit.name,
      layers: unit.layers,
      lossBefore,
      lossAfter,
      kept: lossAfter < lossBefore,
      updates,
      trainingLoss,
      cache: plan.mode,
      cacheBytes: plan.bytes,
      ...learner.countFlips(variables),
    };
    return { outcome, report };
  } finally {
    for (const source of [quantized, float, weights]) source?.dispose();
    ledger.hold(-heldBy(fisher ?? []));
  }
}

/** Whether a unit has anything to learn: with 8 bits the nearest code is as good as any. */
export function hasWork(
  { weights, activations, outputs }: Unit,
  { learned }: Pick<PassSettings, 'learned'>,
): boolean {
  const hasWeights = weights.some(({ quantizer }) => quantizer.bits < 8);
  const hasGrids = learned.activationSteps && activations.length > 0;
  const hasRounding = (learned.rounding || learned.codes) && hasWeights;
  return outputs.length > 0 && (hasRounding || hasGrids);
}

/** Runs a pass over `quantized`. */
export async function runPass(
  float: Graph,
  quantized: Graph,
  options: PassOptions,
): Promise<{ graph: Graph; units: readonly UnitReport[] }> {
  const { signal, buckets, checkpoint, plans, ledger } = options;
  const units = unitsOf(quantized, float, options.kind, options.byHand);
  const types = inferTypes(quantized);
  const parts = units.map((unit) => unit.quantized);
  let graph = quantized;
  const reports: UnitReport[] = [];
  const caches = createCaches(units, buckets, parts, () => graph, ledger, signal);
  for (const [index, unit] of units.entries()) {
    if (!hasWork(unit, options)) continue;
    const key = `${options.name}.${index}`;
    const plan = plans[index] as CachePlan;
    await caches.moveTo(index, plan);
    let done = checkpoint && (await restoreUnit(checkpoint, key, unit, options.name));
    if (!done) {
      const rows = [unit, units[plan.cut] as Unit].every((own) => hasRows(own, quantized, types));
      done = await learn(float, unit, caches, rows, options, index, units.length);
      if (checkpoint) await storeUnit(checkpoint, key, done);
    }
    reports.push(done.report);
    if (done.report.kept) {
      parts[index] = withOutcome(unit.quantized, done.outcome);
      graph = withOutcome(graph, done.outcome);
    }
  }
  caches.release();
  return { graph, units: reports };
}
