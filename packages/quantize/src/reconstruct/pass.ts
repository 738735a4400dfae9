// One pass over the units of a network, each learned with what those before it have become.

import { type Graph, inferTypes } from '@subbyte/graph';
import type { UnitProgress } from '../config.ts';
import { type CheckpointStore, restoreUnit, storeUnit } from './checkpoint.ts';
import { fisherWeights } from './fisher.ts';
import { learnUnit, type Stage } from './learn-unit.ts';
import { learnedUnit } from './learned-unit.ts';
import { inputValues, type LiveValues, mergeValues, runPart } from './live-values.ts';
import { unitLoss } from './loss.ts';
import { type UnitOutcome, withOutcome } from './outcome.ts';
import type { PassSettings } from './passes.ts';
import { restOfNetwork } from './rest-of-network.ts';
import type { Bucket } from './sample-chunks.ts';
import { type Unit, unitsOf } from './units.ts';

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
  /** Mean loss of the last iterations. */
  readonly trainingLoss: number;
}

/** What a pass is doing: at the first update, now and then, and at the last. */
export interface PassProgress extends UnitProgress {
  /** Of the last batch; `undefined` before the first. */
  readonly loss: number | undefined;
}

/** Options of a pass. */
export interface PassOptions extends PassSettings, Pick<Stage, 'batchSize'> {
  readonly buckets: readonly Bucket[];
  readonly seed: number;
  readonly checkpoint?: CheckpointStore | undefined;
  readonly onProgress?: ((progress: PassProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Names that units from number `from` on read. */
function neededFrom(
  units: readonly Unit[],
  from: number,
  kind: 'float' | 'quantized',
): Set<string> {
  return new Set(units.slice(from).flatMap(({ inputs }) => inputs.map((pair) => pair[kind])));
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
function divide(live: LiveValues): { learn: LiveValues; judge: LiveValues } {
  const count = (bucket: readonly unknown[]): number => bucket.length - heldBack(bucket.length);
  const judge = live.map((bucket) => bucket.slice(count(bucket)));
  return {
    learn: live.map((bucket) => bucket.slice(0, count(bucket))),
    judge: judge.some((bucket) => bucket.length > 0) ? judge : live,
  };
}

/** Learns one unit and judges what came of it; `float` has all live values and the unit's results. */
async function learn(
  network: Graph,
  unit: Unit,
  quantized: LiveValues,
  float: LiveValues,
  rows: boolean,
  options: PassOptions,
  index: number,
  units: number,
): Promise<{ outcome: UnitOutcome; report: UnitReport }> {
  const { signal, name: pass, iterations } = options;
  const progress = (iteration: number, loss: number | undefined): void => {
    const { layers } = unit;
    options.onProgress?.({ pass, unit: index, units, layers, iteration, iterations, loss });
  };
  progress(0, undefined);
  const learner = learnedUnit(unit);
  const [inputs, values] = [divide(quantized), divide(float)];
  const weights =
    options.loss === 'meanSquare'
      ? undefined
      : await fisherWeights(
          network,
          unit,
          await runPart(unit.quantized, inputs.learn, signal),
          values.learn,
          options.loss === 'fisherFull' ? 'full' : 'diagonal',
          signal,
        );
  const rest = options.predictionDifference > 0 ? restOfNetwork(network, unit) : undefined;
  let trainingLoss = 0;
  const variables = await learnUnit(
    unit,
    learner,
    learner.init(options.learned),
    { quantized: inputs.learn, float: values.learn, weights, rows },
    { ...options, seed: (options.seed + (index + 1) * 1_000_003) % 2 ** 31 },
    rest,
    (iteration, loss) => {
      trainingLoss = loss;
      progress(iteration, loss);
    },
    signal,
  );
  const outcome = learner.harden(variables);
  const learned = withOutcome(unit.quantized, outcome);
  const lossOf = async (part: Graph): Promise<number> =>
    unitLoss(unit, await runPart(part, inputs.judge, signal), values.judge);
  const lossBefore = await lossOf(unit.quantized);
  const lossAfter = await lossOf(learned);
  const report = {
    pass,
    name: unit.name,
    layers: unit.layers,
    lossBefore,
    lossAfter,
    kept: lossAfter < lossBefore,
    trainingLoss,
    ...learner.countFlips(variables),
  };
  return { outcome, report };
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
  const { signal, buckets, checkpoint } = options;
  const units = unitsOf(quantized, float, options.kind);
  const types = inferTypes(quantized);
  let graph = quantized;
  let floatLive = inputValues(buckets);
  let quantizedLive = floatLive;
  const reports: UnitReport[] = [];
  for (const [index, unit] of units.entries()) {
    const floatResults = await runPart(unit.float, floatLive, signal);
    let part = unit.quantized;
    if (hasWork(unit, options)) {
      const key = `${options.name}.${index}`;
      let done = checkpoint && (await restoreUnit(checkpoint, key, unit, options.name));
      if (!done) {
        const known = mergeValues(floatLive, floatResults);
        const rows = hasRows(unit, quantized, types);
        done = await learn(float, unit, quantizedLive, known, rows, options, index, units.length);
        if (checkpoint) await storeUnit(checkpoint, key, done);
      }
      reports.push(done.report);
      if (done.report.kept) {
        part = withOutcome(unit.quantized, done.outcome);
        graph = withOutcome(graph, done.outcome);
      }
    }
    if (index === units.length - 1) break;
    const quantizedResults = await runPart(part, quantizedLive, signal);
    floatLive = mergeValues(floatLive, floatResults, neededFrom(units, index + 1, 'float'));
    quantizedLive = mergeValues(
      quantizedLive,
      quantizedResults,
      neededFrom(units, index + 1, 'quantized'),
    );
  }
  return { graph, units: reports };
}
