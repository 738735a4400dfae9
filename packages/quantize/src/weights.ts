import type { Graph } from '@subbyte/graph';
import {
  apot,
  codebookOf,
  codeRange,
  fakeQuantize,
  type Granularity,
  makeGrid,
  type Quantizer,
  QuantizerError,
  ternary,
  uniform,
} from '@subbyte/quantizers';
import { asFloat32, type Tensor } from '@subbyte/tensor';
import { QuantizeError } from './errors.ts';
import { weightGranularity } from './layers.ts';
import type { PlannedLayer } from './plan.ts';
import { addNoise, noNoise, sqnrOf } from './sqnr.ts';

const smallestNormal = 2 ** -126;

/** The quantizer of a layer's weights and what it costs. */
export interface WeightGrid {
  readonly quantizer: Quantizer;
  /** dB. */
  readonly sqnr: number;
}

/** The quantizer that the layer's settings ask for. */
function fitScheme(
  { scheme, bits, symmetric, observer }: PlannedLayer['weights'],
  granularity: Granularity,
  weights: Tensor,
): Quantizer {
  switch (scheme) {
    case 'uniform':
      return uniform({ bits, symmetric, signed: true, observer, granularity }).fit(weights);
    case 'apot': {
      const kind = typeof observer === 'string' ? observer : observer.kind;
      return apot({ bits, observer: kind === 'mse' ? 'mse' : 'minMax', granularity }).fit(weights);
    }
    case 'ternary':
      return ternary({ offset: !symmetric, granularity }).fit(weights);
  }
}

/**
 * Fits the quantizer of a layer's weights.
 * @param inputScale Step of the values the layer reads, where they are quantized.
 * @throws QuantizeError naming the layer, for weights that are not finite.
 */
export function fitWeights(
  layer: PlannedLayer,
  graph: Graph,
  inputScale: number | undefined,
): WeightGrid {
  const { granularity, groupSize } = layer.weights;
  const weights = graph.constants.get(layer.weight) as Tensor;
  try {
    const shared = weightGranularity(layer, weights.shape, granularity, groupSize);
    const fitted = fitScheme(layer.weights, shared, weights);
    const bias = graph.constants.get(layer.node.inputs[2] ?? '');
    const quantizer = inputScale && bias ? roomForBias(fitted, bias, inputScale) : fitted;
    const sums = noNoise();
    const onGrid = asFloat32(fakeQuantize(weights, quantizer));
    addNoise(sums, weights.data as Float32Array, onGrid.data);
    return { quantizer, sqnr: sqnrOf(sums) };
  } catch (cause) {
    if (!(cause instanceof QuantizerError)) throw cause;
    const { name, op } = layer.node;
    throw new QuantizeError(`${op} "${name}", weights "${layer.weight}": ${cause.message}`, {
      cause,
    });
  }
}

/**
 * Widens steps so far that the bias fits into int32 in steps of `inputScale * weightScale`, as
 * integer engines store it. It happens to channels whose weights are next to nothing.
 */
function roomForBias(quantizer: Quantizer, bias: Tensor, inputScale: number): Quantizer {
  const steps = quantizer.scale.length;
  if (steps !== 1 && steps !== bias.size) return quantizer;
  const values = bias.data as Float32Array;
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = quantizer.scale.map((step, i) => {
    const magnitude = steps === 1 ? largest : Math.abs(values[i] as number);
    const least = magnitude / (inputScale * 2 ** 30);
    if (step >= least) return step;
    if (quantizer.scheme !== 'uniform') return Math.fround(Math.max(least, smallestNormal));
    return makeGrid({ ...quantizer, symmetric: true }, least, quantizer.zeroPoint[i] as number)
      .scale;
  });
  return { ...quantizer, scale };
}

/** Lowest and highest value of the grid of scale `i`. */
function reachOf(quantizer: Quantizer, i: number): { min: number; max: number } {
  const step = quantizer.scale[i] as number;
  if (quantizer.scheme === 'uniform') {
    const { min, max } = codeRange(quantizer);
    const zero = quantizer.zeroPoint[i] as number;
    return { min: (min - zero) * step, max: (max - zero) * step };
  }
  const { levels } = codebookOf(quantizer);
  const offset = quantizer.scheme === 'ternary' ? (quantizer.offset[i] as number) : 0;
  const [lowest, highest] = [levels[0] as number, levels.at(-1) as number];
  return { min: lowest * step + offset, max: highest * step + offset };
}

/** Lowest and highest value on any of the quantizer's grids. */
export function gridReach(quantizer: Quantizer): { min: number; max: number } {
  const reaches = quantizer.scale.map((_, i) => reachOf(quantizer, i));
  return {
    min: reaches.reduce((low, { min }) => Math.min(low, min), 0),
    max: reaches.reduce((high, { max }) => Math.max(high, max), 0),
  };
}
