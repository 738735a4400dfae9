// What is learned in a unit, how it computes with that, and what comes of it in the end.

import { add, clip, fakeQuantizeDrop, max, mul, sub } from '@subbyte/autograd';
import { type DifferentiableGraph, differentiable, type Graph, type Node } from '@subbyte/graph';
import { codeRange, decode, encode, type UniformQuantizer } from '@subbyte/quantizers';
import { scalar, type Tensor, tensor, toHeap } from '@subbyte/tensor';
import type { UnitOutcome } from './outcome.ts';
import { roundingVariable, softRound } from './soft-rounding.ts';
import type { Unit, WeightSlot } from './units.ts';
import {
  codesOf,
  leastFactor,
  partsOf,
  place,
  roundedCodes,
  roundThrough,
  scaled,
  startingCodes,
  type WeightParts,
} from './weight-variables.ts';

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
      constants.set(name, toHeap(bias));
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
