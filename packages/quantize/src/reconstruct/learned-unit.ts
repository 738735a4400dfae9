// What is learned in a unit, how it computes with that, and what comes of it in the end.

import {
  add,
  clip,
  fakeQuantizeDrop,
  fakeQuantizeUniform,
  max,
  mul,
  reshape,
  sub,
} from '@subbyte/autograd';
import { type DifferentiableGraph, differentiable, type Graph, type Node } from '@subbyte/graph';
import { getBackend, kernels } from '@subbyte/kernels';
import {
  codeRange,
  decode,
  encode,
  fakeQuantize,
  type UniformQuantizer,
} from '@subbyte/quantizers';
import { scalar, type Tensor, tensor, toHeap } from '@subbyte/tensor';
import type { UnitOutcome } from './outcome.ts';
import { roundingVariable, softRound } from './soft-rounding.ts';
import type { Unit, WeightSlot } from './units.ts';

/** Which things of a unit are learned. */
export interface Learned {
  /** Whether each weight is rounded up or down. */
  readonly rounding: boolean;
  /** The weights themselves, rounded straight through, in steps from where they are on the grid. */
  readonly codes: boolean;
  /** A factor on the step of each output channel's weights (Genie-M). */
  readonly weightSteps: boolean;
  /** A factor on the step of each value's grid (LSQ). */
  readonly activationSteps: boolean;
  readonly biases: boolean;
}

/** The variables of a unit, by what is learned: trees for optimisers, by position in the unit's lists. */
export type UnitVariables = {
  readonly rounding: { readonly [index: string]: Tensor };
  readonly codes: { readonly [index: string]: Tensor };
  readonly weightSteps: { readonly [index: string]: Tensor };
  readonly activationSteps: { readonly [index: string]: Tensor };
  readonly biases: { readonly [name: string]: Tensor };
};

/** How values are put on their grids while a unit learns. */
export interface GridNoise {
  /** Chance that an element is put on the grid; else it keeps its value (QDrop). 0: no grids at all. */
  readonly probability: number;
  readonly seed: number;
}

/** What a unit computes with its variables. */
export interface UnitResult {
  readonly outputs: { readonly [name: string]: Tensor };
  /** The share of a step that each weight is rounded up by. */
  readonly shares: readonly Tensor[];
}

/** A unit that can learn. */
export interface LearnedUnit {
  init(learned: Learned): UnitVariables;
  /** Call it where gradients are recorded, or in a `scope`. */
  apply(
    variables: UnitVariables,
    inputs: Readonly<Record<string, Tensor>>,
    noise: GridNoise,
  ): UnitResult;
  /** The weights of a slot as they are now: between grid points, while rounding is learned. */
  weight(variables: UnitVariables, slot: number): Tensor;
  /** Rounds everything for good. */
  harden(variables: UnitVariables): UnitOutcome;
  /** How many of the weights go to the other neighbour than the nearest, and how many there are. */
  countFlips(variables: UnitVariables): { readonly flips: number; readonly weights: number };
}

/** Steps shrink to no less than this share of what they were. */
const leastFactor = 0.1;

const place = (value: Tensor): Tensor => getBackend()?.upload(value) ?? value;

/** The constants of a weight slot that its soft weights are computed from. */
interface WeightParts {
  /** The weights on their grid, rounded to the nearest. */
  readonly nearest: Tensor;
  /** `floor(w / s) + z`, the code below the weight. */
  readonly below: Tensor;
  readonly fractions: Float32Array;
  readonly scale: Tensor;
  readonly zeroPoint: Tensor;
  /** Shape of learned factors, which broadcasts to the weight; `undefined`: not learnable. */
  readonly factorShape: readonly number[] | undefined;
}

function broadcastShape({ granularity }: UniformQuantizer, weight: Tensor): readonly number[] {
  if (granularity.kind === 'perTensor') return weight.shape.map(() => 1);
  return weight.shape.map((size, axis) => (axis === granularity.axis ? size : 1));
}

/** `values`, one per group, spread over the elements of `weight`. */
function spread(values: readonly number[], quantizer: UniformQuantizer, weight: Tensor): Tensor {
  const { granularity, scaleShape } = quantizer;
  if (granularity.kind !== 'perGroup') {
    return tensor(Float32Array.from(values), broadcastShape(quantizer, weight));
  }
  const ones = tensor(new Float32Array(weight.size).fill(1), weight.shape);
  const result = kernels.dequantizeLinear(
    [kernels.cast([ones], { dtype: 'int32' }), tensor(Float32Array.from(values), scaleShape)],
    { axis: granularity.axis, groupSize: granularity.size },
  );
  return toHeap(result);
}

function partsOf({ quantizer }: WeightSlot, weight: Tensor): WeightParts {
  const scale = spread(quantizer.scale, quantizer, weight);
  const zeroPoint = spread(quantizer.zeroPoint, quantizer, weight);
  const ratio = toHeap(kernels.div([weight, scale], {})).data as Float32Array;
  const below = toHeap(
    kernels.add([kernels.floor([tensor(ratio, weight.shape)], {}), zeroPoint], {}),
  );
  const isGrouped = quantizer.granularity.kind === 'perGroup';
  return {
    nearest: place(toHeap(fakeQuantize(weight, quantizer))),
    below: place(below),
    fractions: ratio.map((value) => value - Math.floor(value)),
    scale: place(scale),
    zeroPoint: place(zeroPoint),
    factorShape: isGrouped ? undefined : broadcastShape(quantizer, weight),
  };
}

/** Makes a unit learn. */
export function learnedUnit(unit: Unit): LearnedUnit {
  const graph: Graph = unit.quantized;
  const network: DifferentiableGraph = differentiable(graph);
  const weightOf = (slot: WeightSlot): Tensor => graph.constants.get(slot.constant) as Tensor;
  const parts = unit.weights.map((slot) => partsOf(slot, weightOf(slot)));
  const weightIndex = new Map(unit.weights.map(({ node }, i) => [node.name, i]));
  const activationIndex = new Map(unit.activations.map(({ value }, i) => [value, i]));

  const init = (learned: Learned): UnitVariables => {
    const factors = (shape: readonly number[]): Tensor => {
      const count = shape.reduce((a, b) => a * b, 1);
      return place(tensor(new Float32Array(count).fill(1), shape));
    };
    const some = <T>(
      on: boolean,
      list: readonly T[],
      make: (entry: T, i: number) => Tensor | undefined,
    ): { [index: string]: Tensor } =>
      Object.fromEntries(
        (on ? list : []).flatMap((entry, i) => {
          const value = make(entry, i);
          return value ? [[String(i), value] as const] : [];
        }),
      );
    return {
      rounding: some(learned.rounding, parts, ({ fractions, below }) =>
        place(tensor(fractions.map(roundingVariable), below.shape)),
      ),
      codes: some(learned.codes, parts, (_, i) => place(startingCodes(unit, i))),
      weightSteps: some(learned.weightSteps, parts, ({ factorShape }) =>
        factorShape ? factors(factorShape) : undefined,
      ),
      activationSteps: some(learned.activationSteps, unit.activations, () => factors([])),
      biases: Object.fromEntries(
        (learned.biases ? unit.biases : []).map((name) => [
          name,
          place(toHeap(graph.constants.get(name) as Tensor)),
        ]),
      ),
    };
  };

  const softWeight = (variables: UnitVariables, i: number): { weight: Tensor; share?: Tensor } => {
    const { nearest, below, scale, zeroPoint } = parts[i] as WeightParts;
    const { quantizer } = unit.weights[i] as WeightSlot;
    const factor = variables.weightSteps[i] && max(variables.weightSteps[i], leastFactor);
    const step = factor ? mul(scale, factor) : scale;
    const codes = variables.codes[i];
    if (codes) return { weight: mul(roundThrough(codes, quantizer), step) };
    const variable = variables.rounding[i];
    if (!variable) return { weight: factor ? mul(nearest, factor) : nearest };
    const share = softRound(variable);
    const { min, max: most } = codeRange(quantizer);
    const code = clip(add(below, share), min, most);
    return { weight: mul(sub(code, zeroPoint), step), share };
  };

  const apply: LearnedUnit['apply'] = (variables, inputs, noise) => {
    const shares: Tensor[] = [];
    const compute = (
      node: Node,
      operands: readonly (Tensor | undefined)[],
    ): readonly Tensor[] | undefined => {
      if (node.op !== 'fakeQuantize') return undefined;
      const weight = weightIndex.get(node.name);
      if (weight !== undefined) {
        const soft = softWeight(variables, weight);
        if (soft.share) shares.push(soft.share);
        return [soft.weight];
      }
      const x = operands[0] as Tensor;
      const index = activationIndex.get(node.inputs[0] as string);
      if (index === undefined || noise.probability === 0) return [x];
      const slot = unit.activations[index] as Unit['activations'][number];
      const step = scalar(slot.quantizer.scale[0] as number);
      const factor = variables.activationSteps[index];
      const scale = factor ? mul(max(factor, leastFactor), step) : step;
      const zeroPoint = scalar(slot.quantizer.zeroPoint[0] as number);
      const { probability } = noise;
      const options = { ...codeRange(slot.quantizer), probability, seed: noise.seed + index };
      return [fakeQuantizeDrop(x, scale, zeroPoint, options)];
    };
    const { y } = network.apply({ parameters: variables.biases, state: {} }, inputs, { compute });
    return { outputs: y, shares };
  };

  const harden = (variables: UnitVariables): UnitOutcome => {
    const constants = new Map<string, Tensor>();
    const weights = new Map<string, UniformQuantizer>();
    const activations = new Map<string, UniformQuantizer>();
    for (const [i, slot] of unit.weights.entries()) {
      const variable = variables.rounding[i];
      const moved = variables.codes[i];
      const factors = variables.weightSteps[i]?.data as Float32Array | undefined;
      if (!variable && !moved && !factors) continue;
      const codes = moved
        ? codesOf(moved, slot.quantizer)
        : variable
          ? roundedCodes(slot.quantizer, (parts[i] as WeightParts).below, variable)
          : encode(weightOf(slot), slot.quantizer);
      const quantizer = scaled(slot.quantizer, factors);
      weights.set(slot.layer, quantizer);
      constants.set(slot.constant, toHeap(decode(codes, quantizer)));
    }
    for (const [i, { value, quantizer }] of unit.activations.entries()) {
      const factor = variables.activationSteps[i];
      if (factor) activations.set(value, scaled(quantizer, factor.data as Float32Array));
    }
    for (const [name, bias] of Object.entries(variables.biases)) {
      constants.set(name, toHeap(reshape(bias, bias.shape)));
    }
    return { constants, weights, activations };
  };
  const countFlips: LearnedUnit['countFlips'] = ({ rounding }) => {
    let [flips, weights] = [0, 0];
    for (const [i, { fractions }] of parts.entries()) {
      weights += fractions.length;
      const variable = rounding[i]?.data as Float32Array | undefined;
      variable?.forEach((value, k) => {
        if (value >= 0 !== (fractions[k] as number) >= 0.5) flips++;
      });
    }
    return { flips, weights };
  };
  const weight: LearnedUnit['weight'] = (variables, slot) => softWeight(variables, slot).weight;
  return { init, apply, weight, harden, countFlips };
}

/** Most that a weight starts away from its grid point, in steps. */
const mostOffset = 0.45;

/**
 * The codes of a slot less the zero point, as variables: each on its own side of its grid point, where the
 * float weight lies, so that those between two points change first.
 */
function startingCodes(unit: Unit, slot: number): Tensor {
  const { constant, quantizer } = unit.weights[slot] as WeightSlot;
  const weight = unit.quantized.constants.get(constant) as Tensor;
  const scale = spread(quantizer.scale, quantizer, weight);
  const original = unit.float.constants.get(constant) ?? weight;
  const [codes, ratios] = [weight, original].map(
    (value) => toHeap(kernels.div([value, scale], {})).data as Float32Array,
  ) as [Float32Array, Float32Array];
  const values = codes.map((code, i) => {
    const whole = Math.round(code);
    const offset = (ratios[i] as number) - whole;
    return whole + Math.min(mostOffset, Math.max(-mostOffset, offset));
  });
  return tensor(values, weight.shape);
}

/** The quantizer with steps of 1. */
function unitSteps(quantizer: UniformQuantizer): UniformQuantizer {
  return { ...quantizer, scale: quantizer.scale.map(() => 1) };
}

/** Codes less the zero point, rounded and clamped; the gradient passes inside the range. */
function roundThrough(codes: Tensor, quantizer: UniformQuantizer): Tensor {
  const { granularity, scaleShape, scale, zeroPoint } = quantizer;
  return fakeQuantizeUniform(
    codes,
    tensor(
      scale.map(() => 1),
      scaleShape,
    ),
    tensor(zeroPoint, scaleShape),
    {
      ...codeRange(quantizer),
      axis: granularity.kind === 'perTensor' ? 0 : granularity.axis,
      groupSize: granularity.kind === 'perGroup' ? granularity.size : 0,
    },
  );
}

const codesOf = (variables: Tensor, quantizer: UniformQuantizer): Tensor =>
  encode(variables, unitSteps(quantizer));

/** The codes below, or the next where the variable says so. */
function roundedCodes(quantizer: UniformQuantizer, below: Tensor, variable: Tensor): Tensor {
  const { min, max: most } = codeRange(quantizer);
  const up = variable.data as Float32Array;
  const codes = (below.data as Float32Array).map((code, i) =>
    Math.min(most, Math.max(min, code + ((up[i] as number) >= 0 ? 1 : 0))),
  );
  const dtype = quantizer.signed ? 'int8' : 'uint8';
  return kernels.cast([tensor(codes, below.shape)], { dtype });
}

/** The quantizer with its steps multiplied; factors below the least count as that. */
function scaled(quantizer: UniformQuantizer, factors: Float32Array | undefined): UniformQuantizer {
  if (!factors) return quantizer;
  const least = Math.fround(leastFactor);
  const scale = quantizer.scale.map((step, i) =>
    Math.fround(step * Math.max(least, (factors.length === 1 ? factors[0] : factors[i]) as number)),
  );
  return { ...quantizer, scale };
}
