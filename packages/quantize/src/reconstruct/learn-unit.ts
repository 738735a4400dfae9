// The loop that fits one unit: batches of random samples, its quantized inputs in, float targets out.

import { record } from '@subbyte/autograd';
import { getBackend, kernels } from '@subbyte/kernels';
import { adam, cosine, type Group, type OptimizerState } from '@subbyte/optim';
import {
  advance,
  flattenTree,
  mapTree,
  type Random,
  random,
  scalar,
  scope,
  sizeOf,
  type Tensor,
  toNumbers,
  zeros,
} from '@subbyte/tensor';
import type { Learned, LearnedUnit, UnitVariables } from './learned-unit.ts';
import { breathe, type ChunkValues, type LiveValues } from './live-values.ts';
import { annealedExponent, roundingPenalty } from './soft-rounding.ts';
import type { Unit, UnitOutput } from './units.ts';

/** What a unit reads and should give, for every sample. */
export interface UnitData {
  /** Values by their names in the quantized graph, as the quantized network makes them. */
  readonly quantized: LiveValues;
  /** By their names in the float graph: inputs and targets. */
  readonly float: LiveValues;
  /** Whether samples are rows of every value, so that batches mix samples of several chunks. */
  readonly rows: boolean;
}

/** One stage of learning. */
export interface Stage {
  readonly learned: Learned;
  readonly iterations: number;
  /** Chance that a value is put on its grid. */
  readonly grid: number;
  /** Chance that an input's element comes from the quantized network, else from the float one. */
  readonly quantizedInput: number;
  readonly batchSize: number;
  /** Weight of the penalty that drives weights to the grid. */
  readonly penalty: number;
  /** Share of the iterations without penalty. */
  readonly warmUp: number;
  /** Exponent of the loss. */
  readonly power: number;
  readonly rates: {
    readonly rounding: number;
    readonly activationSteps: number;
    readonly weightSteps: number;
    readonly biases: number;
  };
  readonly seed: number;
}

/** Called now and then; `loss` is the mean since the last call. */
export type OnIteration = (done: number, loss: number) => void;

interface Batch {
  readonly quantized: Readonly<Record<string, Tensor>>;
  readonly float: Readonly<Record<string, Tensor>>;
  readonly targets: readonly Tensor[];
}

/** Samples by their numbers, counted through all chunks. */
function takeRows(chunks: readonly ChunkValues[], name: string, indices: Uint32Array): Tensor {
  const first = chunks[0]?.get(name) as Tensor;
  if (first.dtype !== 'float32') return first;
  const [size = 1, ...rest] = first.shape;
  const length = sizeOf(rest);
  const shape = [indices.length, ...rest];
  // Straight into the backend's memory: large arrays on the heap would be garbage at every step.
  const result = getBackend()?.zeros(shape, 'float32') ?? zeros(shape);
  const rows = result.data as Float32Array;
  indices.forEach((index, i) => {
    const chunk = chunks[Math.floor(index / size)]?.get(name) as Tensor;
    const start = (index % size) * length;
    rows.set((chunk.data as Float32Array).subarray(start, start + length), i * length);
  });
  return result;
}

/** Draws a batch: a bucket by its size, then samples of it without replacement. */
function drawBatch(unit: Unit, data: UnitData, batchSize: number, stream: Random): Batch {
  const counts = data.float.map((chunks) => chunks.length);
  let ticket = stream.integer(counts.reduce((a, b) => a + b, 0));
  let bucket = 0;
  while (ticket >= (counts[bucket] as number)) ticket -= counts[bucket++] as number;
  const [quantized, float] = [data.quantized[bucket], data.float[bucket]] as [
    readonly ChunkValues[],
    readonly ChunkValues[],
  ];
  const target = unit.outputs[0]?.float ?? '';
  const size = float[0]?.get(target)?.shape[0] ?? 1;
  const total = size * float.length;
  const indices = data.rows
    ? stream.permutation(total).subarray(0, Math.min(batchSize, total))
    : undefined;
  const take = (chunks: readonly ChunkValues[], name: string): Tensor =>
    indices ? takeRows(chunks, name, indices) : (chunks[ticket]?.get(name) as Tensor);
  const upload = (value: Tensor): Tensor => getBackend()?.upload(value) ?? value;
  return {
    quantized: Object.fromEntries(
      unit.inputs.map(({ quantized: name }) => [name, upload(take(quantized, name))]),
    ),
    float: Object.fromEntries(
      unit.inputs.map(({ quantized: name, float: own }) => [name, upload(take(float, own))]),
    ),
    targets: unit.outputs.map((output) => upload(take(float, output.float))),
  };
}

/** Elements that a mean is taken over: all axes but that of the channels. */
function meanCount({ shape }: Tensor, { channelAxis }: UnitOutput): number {
  return sizeOf(shape) / (shape[channelAxis] ?? 1);
}

function groupsOf({ rates, iterations }: Stage): Group[] {
  return [
    { match: /^rounding/, rate: rates.rounding },
    { match: /^activationSteps/, rate: cosine(rates.activationSteps, iterations) },
    { match: /^weightSteps/, rate: cosine(rates.weightSteps, iterations) },
    { match: /^biases/, rate: cosine(rates.biases, iterations) },
  ];
}

/** Derivative of `scale |d|^power`. */
function lossGradient(difference: Tensor, power: number, scale: number): Tensor {
  if (power === 2) return kernels.mul([difference, scalar(2 * scale)], {});
  const size = kernels.clip([kernels.abs([difference], {})], { min: 1e-20, max: 1e20 });
  const exponent = kernels.mul([kernels.log([size], {}), scalar(power - 2)], {});
  const slope = kernels.mul([kernels.exp([exponent], {}), scalar(power * scale)], {});
  return kernels.mul([difference, slope], {});
}

type Carried = { readonly variables: UnitVariables; readonly memory: OptimizerState };

/** Runs one stage; `variables` are consumed. */
export async function learnUnit(
  unit: Unit,
  network: LearnedUnit,
  variables: UnitVariables,
  data: UnitData,
  stage: Stage,
  onIteration: OnIteration,
  signal: AbortSignal | undefined,
): Promise<UnitVariables> {
  const stream = random(stage.seed);
  const optimizer = adam({
    rate: 0,
    groups: groupsOf(stage),
  });
  let carried: Carried = { variables, memory: optimizer.init(variables) };
  const every = 50;
  for (let step = 1; step <= stage.iterations; step++) {
    let loss = 0;
    carried = advance(carried, (current) => {
      const { variables: own, memory } = current;
      const batch = drawBatch(unit, data, stage.batchSize, stream);
      const seed = stream.integer(2 ** 31);
      const inputs = mixInputs(batch, stage.quantizedInput, seed);
      const leaves = flattenTree(own).map(([, leaf]) => leaf);
      const recording = record(leaves, () => {
        const result = network.apply(own, inputs, { probability: stage.grid, seed: seed + 1 });
        const warm = step >= stage.warmUp * stage.iterations && stage.learned.rounding;
        const exponent = annealedExponent(step, stage.iterations, stage.warmUp);
        const penalties = warm
          ? result.shares.map((share) => roundingPenalty(share, exponent))
          : [];
        return { ...result, penalties };
      });
      const { outputs, penalties } = recording.result;
      const results = unit.outputs.map(({ quantized }) => outputs[quantized] as Tensor);
      const seeds = results.map((result, i) => {
        const difference = kernels.sub([result, batch.targets[i] as Tensor], {});
        const scale = 1 / meanCount(result, unit.outputs[i] as UnitOutput);
        if (step % every === 0) {
          const square = kernels.reduceSumSquare([difference], {
            axes: result.shape.map((_, axis) => axis),
            keepAxes: false,
          });
          loss += (toNumbers(square)[0] as number) * scale;
        }
        return lossGradient(difference, stage.power, scale);
      });
      const gradients = recording.backward(
        [...results, ...penalties],
        [...seeds, ...penalties.map(() => scalar(stage.penalty))],
        leaves,
      );
      let i = 0;
      const tree = mapTree(own, () => gradients[i++] as Tensor);
      const [next, nextMemory] = optimizer.update(tree, memory, own);
      return { variables: next, memory: nextMemory };
    });
    if (step % every === 0) {
      onIteration(step, loss);
      await breathe();
      signal?.throwIfAborted();
    }
  }
  for (const [, slot] of flattenTree(carried.memory)) slot.storage.dispose();
  return carried.variables;
}

function mixInputs(batch: Batch, probability: number, seed: number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(batch.quantized).map(([name, value], i) => {
      const float = batch.float[name] as Tensor;
      if (probability >= 1 || value.dtype !== 'float32') return [name, value];
      if (probability <= 0) return [name, float];
      return [name, kernels.randomSelect([value, float], { probability, seed: seed + 7919 * i })];
    }),
  );
}

/** Mean loss of a unit over all samples, everything rounded: results against targets. */
export function unitLoss(unit: Unit, results: LiveValues, float: LiveValues): number {
  let [sum, samples] = [0, 0];
  results.forEach((bucket, b) => {
    bucket.forEach((values, c) => {
      scope(() => {
        for (const output of unit.outputs) {
          const value = values.get(output.quantized) as Tensor;
          const target = float[b]?.[c]?.get(output.float) as Tensor;
          const difference = kernels.sub([value, target], {});
          const square = kernels.reduceSumSquare([difference], {
            axes: value.shape.map((_, axis) => axis),
            keepAxes: false,
          });
          const count = value.shape[0] ?? 1;
          sum += ((toNumbers(square)[0] as number) / meanCount(value, output)) * count;
        }
        samples += values.get(unit.outputs[0]?.quantized ?? '')?.shape[0] ?? 1;
        return undefined;
      });
    });
  });
  return samples === 0 ? 0 : sum / samples;
}
