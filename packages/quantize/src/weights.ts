import type { Graph } from '@subbyte/graph';
import {
  codeRange,
  fakeQuantize,
  makeGrid,
  QuantizerError,
  type UniformQuantizer,
  uniform,
} from '@subbyte/quantizers';
import { asFloat32, type Tensor } from '@subbyte/tensor';
import { QuantizeError } from './errors.ts';
import { weightGranularity } from './layers.ts';
import type { PlannedLayer } from './plan.ts';
import { addNoise, noNoise, sqnrOf } from './sqnr.ts';

/** The quantizer of a layer's weights and what it costs. */
export interface WeightGrid {
  readonly quantizer: UniformQuantizer;
  /** dB. */
  readonly sqnr: number;
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
  const { bits, symmetric, observer, granularity, groupSize } = layer.weights;
  const weights = graph.constants.get(layer.weight) as Tensor;
  try {
    const fitted = uniform({
      bits,
      symmetric,
      signed: true,
      observer,
      granularity: weightGranularity(layer, weights.shape, granularity, groupSize),
    }).fit(weights);
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
function roomForBias(
  quantizer: UniformQuantizer,
  bias: Tensor,
  inputScale: number,
): UniformQuantizer {
  const steps = quantizer.scale.length;
  if (steps !== 1 && steps !== bias.size) return quantizer;
  const spec = { ...quantizer, symmetric: true };
  const values = bias.data as Float32Array;
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = quantizer.scale.map((step, i) => {
    const magnitude = steps === 1 ? largest : Math.abs(values[i] as number);
    const least = magnitude / (inputScale * 2 ** 30);
    if (step >= least) return step;
    return makeGrid(spec, least, quantizer.zeroPoint[i] as number).scale;
  });
  return { ...quantizer, scale };
}

/** Lowest and highest value on any of the quantizer's grids. */
export function gridReach(quantizer: UniformQuantizer): { min: number; max: number } {
  const { min, max } = codeRange(quantizer);
  let [low, high] = [0, 0];
  quantizer.scale.forEach((step, i) => {
    const zero = quantizer.zeroPoint[i] as number;
    low = Math.min(low, (min - zero) * step);
    high = Math.max(high, (max - zero) * step);
  });
  return { min: low, max: high };
}
