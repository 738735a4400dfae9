// The loop that fits one unit: batches of random samples, its quantized inputs in, float targets out.

import { record } from '@subbyte/autograd';
import { kernels } from '@subbyte/kernels';
import {
  adam,
  cosine,
  type Group,
  linear,
  type OptimizerState,
  type Schedule,
  sequence,
} from '@subbyte/optim';
import { advance, flattenTree, mapTree, random, scalar, type Tensor } from '@subbyte/tensor';
import { drawBatch, type UnitBatch, type UnitData } from './draw-batch.ts';
import type { Learned, LearnedUnit, UnitVariables } from './learned-unit.ts';
import { breathe } from './live-values.ts';
import { type LossKind, lossGradient, lossOf } from './loss.ts';
import { outputGradient, type RestOfNetwork } from './rest-of-network.ts';
import { annealedExponent, isSettled, roundingPenalty } from './soft-rounding.ts';
import type { Unit, UnitOutput } from './units.ts';

/** One stage of learning. */
export interface Stage {
  readonly learned: Learned;
  readonly iterations: number;
  readonly batchSize: number;
  /** Chance that a value is put on its grid. */
  readonly grid: number;
  /** Chance that an input's element comes from the quantized network, else from the float one. */
  readonly quantizedInput: number;
  readonly loss: LossKind;
  /** Exponent of the loss `meanSquare`. */
  readonly power: number;
  /** Weight of the difference in the network's outputs (PD-Quant); 0: not looked at. */
  readonly predictionDifference: number;
  /** Weight of the penalty that drives weights to the grid. */
  readonly penalty: number;
  /** Share of the iterations without penalty. */
  readonly warmUp: number;
  /** Share of the iterations in which rates rise from 0; not that of the rounding. */
  readonly rise: number;
  readonly rates: { readonly [K in keyof Learned]: number };
  readonly seed: number;
}

/** Called now and then, and at the last update, with the loss of the last batch. */
export type OnIteration = (done: number, loss: number) => void;

type Carried = { readonly variables: UnitVariables; readonly memory: OptimizerState };

/** Iterations between two reports. */
const every = 50;

/** Both sides of the prediction difference are softened by it, as in PD-Quant. */
const temperature = 4;

function groupsOf({ rates, iterations, rise }: Stage): Group[] {
  const rising = Math.floor(rise * iterations);
  const schedule = (rate: number): Schedule => {
    const falling = cosine(rate, iterations - rising);
    if (rising === 0) return falling;
    return sequence([
      [linear(0, rate, rising), rising],
      [falling, iterations],
    ]);
  };
  return [
    { match: /^rounding/, rate: rates.rounding },
    { match: /^codes/, rate: schedule(rates.codes) },
    { match: /^activationSteps/, rate: schedule(rates.activationSteps) },
    { match: /^weightSteps/, rate: schedule(rates.weightSteps) },
    { match: /^biases/, rate: schedule(rates.biases) },
  ];
}

function mixInputs(batch: UnitBatch, probability: number, seed: number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(batch.quantized).map(([name, value], i) => {
      const float = batch.float[name] as Tensor;
      if (probability >= 1 || value.dtype !== 'float32') return [name, value];
      if (probability <= 0) return [name, float];
      return [name, kernels.randomSelect([value, float], { probability, seed: seed + 7919 * i })];
    }),
  );
}

/** What a stage has made of a unit's variables. */
export interface LearnedVariables {
  readonly variables: UnitVariables;
  /** Updates that were made: fewer than asked for when the rounding was decided before. */
  readonly updates: number;
}

/**
 * Runs one stage, until the rounding is decided; `variables` are consumed.
 * @param rest The float network behind the unit, for the prediction difference.
 */
export async function learnUnit(
  unit: Unit,
  network: LearnedUnit,
  variables: UnitVariables,
  data: UnitData,
  stage: Stage,
  rest: RestOfNetwork | undefined,
  onIteration: OnIteration,
  signal: AbortSignal | undefined,
): Promise<LearnedVariables> {
  const stream = random(stage.seed);
  const optimizer = adam({ rate: 0, groups: groupsOf(stage) });
  const { iterations, warmUp, learned } = stage;
  let [loss, updates] = [0, 0];
  const isReported = (step: number): boolean => step % every === 0 || step === iterations;

  const makeStep = ({ variables: own, memory }: Carried, step: number): Carried => {
    const batch = drawBatch(unit, data, stage.batchSize, rest?.inputs ?? [], stream);
    const seed = stream.integer(2 ** 31);
    const inputs = mixInputs(batch, stage.quantizedInput, seed);
    const leaves = flattenTree(own).map(([, leaf]) => leaf);
    const floatOutputs = (values: readonly Tensor[]): readonly Tensor[] => {
      const results = unit.outputs.map(({ float }, i) => [float, values[i] as Tensor]);
      return rest?.apply({ ...batch.others, ...Object.fromEntries(results) }) ?? [];
    };
    const expected = floatOutputs(batch.targets);
    const recording = record(leaves, () => {
      const { outputs, shares } = network.apply(own, inputs, {
        probability: stage.grid,
        seed: seed + 1,
      });
      const results = unit.outputs.map(({ quantized }) => outputs[quantized] as Tensor);
      const exponent = annealedExponent(step, iterations, warmUp);
      const isDriven = learned.rounding && step >= warmUp * iterations;
      return {
        results,
        predictions: floatOutputs(results),
        penalties: isDriven ? shares.map((share) => roundingPenalty(share, exponent)) : [],
      };
    });
    const { results, predictions, penalties } = recording.result;
    if (isReported(step)) loss = 0;
    const slopes = results.map((result, i) => {
      const output = unit.outputs[i] as UnitOutput;
      const difference = kernels.sub([result, batch.targets[i] as Tensor], {});
      const weights = batch.weights[i];
      if (isReported(step)) loss += lossOf(stage.loss, difference, output, weights);
      return lossGradient(stage.loss, difference, output, stage.power, weights);
    });
    const predictionSlopes = predictions.map((actual, i) => {
      const factor = stage.predictionDifference / (actual.shape[0] ?? 1);
      const slope = outputGradient(expected[i] as Tensor, actual, temperature);
      return kernels.mul([slope, scalar(factor)], {});
    });
    const gradients = recording.backward(
      [...results, ...predictions, ...penalties],
      [...slopes, ...predictionSlopes, ...penalties.map(() => scalar(stage.penalty))],
      leaves,
    );
    let i = 0;
    const tree = mapTree(own, () => gradients[i++] as Tensor);
    const [next, nextMemory] = optimizer.update(tree, memory, own);
    for (const source of [data.quantized, data.float, data.weights]) source?.done();
    return { variables: next, memory: nextMemory };
  };

  let carried: Carried = { variables, memory: optimizer.init(variables) };
  for (let step = 1; step <= iterations; step++) {
    carried = advance(carried, (current) => makeStep(current, step));
    if (!isReported(step)) continue;
    const rounding = Object.values(carried.variables.rounding);
    const settled = rounding.length > 0 && step > warmUp * iterations && isSettled(rounding);
    updates = step;
    onIteration(settled ? iterations : step, loss);
    await breathe();
    signal?.throwIfAborted();
    if (settled) break;
  }
  for (const [, slot] of flattenTree(carried.memory)) slot.storage.dispose();
  return { variables: carried.variables, updates };
}
