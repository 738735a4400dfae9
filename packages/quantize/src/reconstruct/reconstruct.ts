// Block reconstruction (BRECQ, Li et al. 2021; QDrop, Wei et al. 2022): unit after unit, weights are
// rounded so that what the unit makes of its quantized inputs comes closest to the float network.

import type { Graph, Node } from '@subbyte/graph';
import type { NamedBatch } from '../batches.ts';
import type { ResolvedReconstruction } from './options.ts';
import { type PassOptions, runPass, type UnitReport } from './pass.ts';
import { chunkSamples } from './sample-chunks.ts';

/** A graph with learned rounding. */
export interface Reconstructed {
  readonly graph: Graph;
  readonly units: readonly UnitReport[];
}

const isValueGrid = (node: Node, { constants }: Graph): boolean =>
  node.op === 'fakeQuantize' && !constants.has(node.inputs[0] as string);

/** The graph with values as they are: no grids but those of weights. */
function withoutValueGrids(graph: Graph): Graph {
  const nodes = graph.nodes.map((node): Node => {
    if (!isValueGrid(node, graph)) return node;
    return { ...node, op: 'identity', attributes: {} };
  });
  return { ...graph, nodes };
}

/** `graph` with the value grids of `like`. */
function withValueGrids(graph: Graph, like: Graph): Graph {
  const quantizers = new Map(like.nodes.map((node) => [node.name, node]));
  const nodes = graph.nodes.map((node) =>
    node.op === 'identity' ? (quantizers.get(node.name) ?? node) : node,
  );
  return { ...graph, nodes };
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
  common: Pick<PassOptions, 'seed' | 'onProgress' | 'signal' | 'checkpoint'>,
): Promise<Reconstructed> {
  const buckets = chunkSamples(quantized, batches, options.batchSize);
  const hasGrids = quantized.nodes.some((node) => isValueGrid(node, quantized));
  const shared = { ...common, buckets, batchSize: options.batchSize };
  const rates = {
    rounding: options.roundingRate,
    codes: 0,
    activationSteps: options.stepRate,
    weightSteps: options.weightStepRate,
    biases: options.biasRate,
  };
  const weights = {
    rounding: true,
    codes: false,
    weightSteps: options.weightStepRate > 0,
    activationSteps: false,
    biases: options.biasRate > 0,
  };
  const stage = {
    iterations: options.iterations,
    penalty: options.penalty,
    warmUp: options.warmUp,
    rates,
    loss: options.loss,
    predictionDifference: options.predictionDifference,
    power: 2,
  };
  let graph = quantized;
  const units: UnitReport[] = [];
  const pass = async (current: Graph, settings: Omit<PassOptions, keyof typeof shared>) => {
    const result = await runPass(float, current, { ...shared, ...settings });
    units.push(...result.units);
    return result.graph;
  };
  if (options.method === 'qdrop') {
    // Weights alone are learned better with what the quantized prefix really makes (measured).
    const kept = hasGrids ? 1 - options.dropProbability : 1;
    graph = await pass(graph, {
      ...stage,
      name: 'joint',
      kind: 'block',
      learned: { ...weights, activationSteps: options.stepRate > 0 },
      grid: kept,
      quantizedInput: kept,
    });
  } else {
    const kind = options.method === 'adaround' ? 'layer' : 'block';
    const learned = await pass(withoutValueGrids(graph), {
      ...stage,
      name: 'weights',
      kind,
      learned: weights,
      grid: 1,
      quantizedInput: 1,
    });
    graph = withValueGrids(learned, graph);
    if (hasGrids) {
      graph = await pass(graph, {
        ...stage,
        iterations: Math.ceil(options.iterations / 2),
        name: 'steps',
        kind,
        learned: {
          rounding: false,
          codes: false,
          weightSteps: false,
          activationSteps: true,
          biases: false,
        },
        grid: 1,
        // BRECQ's second stage feeds every unit with float inputs.
        quantizedInput: 0,
        loss: 'meanSquare',
        power: 2.4,
      });
    }
  }
  if (options.finishIterations > 0) {
    graph = await pass(graph, {
      ...stage,
      iterations: options.finishIterations,
      rates: {
        rounding: 0,
        codes: options.finishCodeRate,
        activationSteps: options.finishRate,
        weightSteps: options.finishRate,
        biases: options.finishRate,
      },
      name: 'network',
      kind: 'network',
      loss: 'meanSquare',
      predictionDifference: 0,
      learned: {
        rounding: false,
        codes: options.finishCodeRate > 0,
        weightSteps: true,
        activationSteps: true,
        biases: true,
      },
      grid: 1,
      quantizedInput: 1,
    });
  }
  return { graph, units };
}
