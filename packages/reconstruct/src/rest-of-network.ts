// What the float network makes of a unit's results: for losses that look at its outputs.

import { differentiable, type Graph } from '@subbyte/graph';
import { kernels } from '@subbyte/kernels';
import { scalar, type Tensor } from '@subbyte/tensor';
import type { Unit } from './units.ts';

/** The float network behind a unit. */
export interface RestOfNetwork {
  /** Values by their float names that it reads besides the unit's results. */
  readonly inputs: readonly string[];
  /** The network's float outputs; call it where gradients are recorded, or in a `scope`. */
  apply(values: Readonly<Record<string, Tensor>>): readonly Tensor[];
}

/** The part of `float` behind `unit`. */
export function restOfNetwork(float: Graph, unit: Unit): RestOfNetwork {
  const network = differentiable(float);
  const given = new Set(unit.outputs.map((output) => output.float));
  const needed = new Set(float.outputs.map(({ name }) => name));
  const made = new Set<string>();
  const behind = new Set(given);
  for (const node of float.nodes) {
    if (!node.inputs.some((name) => behind.has(name))) continue;
    for (const name of node.outputs) behind.add(name);
  }
  for (const node of float.nodes.toReversed()) {
    const isNeeded = node.outputs.some((name) => needed.has(name) && !given.has(name));
    // What does not depend on the unit is there already.
    if (!isNeeded || !node.outputs.some((name) => behind.has(name))) continue;
    for (const name of node.outputs) made.add(name);
    for (const name of node.inputs) needed.add(name);
  }
  const inputs = [...needed].filter(
    (name) => name !== '' && !made.has(name) && !given.has(name) && !float.constants.has(name),
  );
  return {
    inputs,
    apply: (values) => {
      const { y } = network.apply({ parameters: {}, state: {} }, values);
      return Object.values(y);
    },
  };
}

/**
 * Derivative of the difference between two outputs of a network with respect to the second: of the
 * Kullback-Leibler divergence of their softmax for scores `[N, classes]`, of half the squared
 * difference for anything else; a sum over samples.
 */
export function outputGradient(expected: Tensor, actual: Tensor, temperature = 1): Tensor {
  if (actual.shape.length !== 2) return kernels.sub([actual, expected], {});
  const share = scalar(1 / temperature);
  const [p, q] = [expected, actual].map((scores) =>
    kernels.softmax([kernels.mul([scores, share], {})], { axis: 1 }),
  ) as [Tensor, Tensor];
  return kernels.mul([kernels.sub([q, p], {}), share], {});
}
