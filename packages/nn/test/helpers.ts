import { mul, sum, valueAndGrad } from '@subbyte/autograd';
import { kernels } from '@subbyte/kernels';
import {
  flattenTree,
  leavesLike,
  mapTree,
  type Random,
  random,
  type Shape,
  type Tensor,
  type Tree,
  tensor,
  toNumbers,
} from '@subbyte/tensor';
import { expect } from 'vitest';
import type { Module, Variables } from '../src/index.ts';

/** The tree in float64, in which finite differences are exact enough. */
export function toDouble<T extends Tree>(tree: T): T {
  return mapTree(tree, (leaf) => tensor(toNumbers(leaf), leaf.shape, 'float64'));
}

/** A float64 tensor of normal values. */
export function noise(shape: Shape, stream: Random): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Float64Array.from({ length: size }, () => stream.normal()),
    shape,
    'float64',
  );
}

/** `a + factor * b`, leaf by leaf. */
function move<T extends Tree>(a: T, b: Tree, factor: number): T {
  const steps = leavesLike(b, a);
  let next = 0;
  return mapTree(a, (leaf) => {
    const step = steps[next++] as Tensor;
    return kernels.add([leaf, kernels.mul([step, tensor([factor], [], leaf.dtype)], {})], {});
  });
}

const dot = (a: Tree, b: Tree): number =>
  leavesLike(b, a).reduce((total, leaf, i) => {
    const other = toNumbers((flattenTree(a)[i] as readonly [string, Tensor])[1]);
    return total + toNumbers(leaf).reduce((part, x, k) => part + x * (other[k] as number), 0);
  }, 0);

/**
 * Checks the gradients of a module's output, with respect to its parameters and its input, along
 * random directions against central differences.
 */
export function checkModule(module: Module, shape: Shape, train: boolean, seed = 3): void {
  const stream = random(seed);
  const made = module.init(stream);
  const state = toDouble(made.state);
  // Some parameters start at 0, where gradients could vanish.
  const parameters = mapTree(toDouble(made.parameters), (leaf) =>
    kernels.add(
      [leaf, kernels.mul([noise(leaf.shape, stream), tensor([0.1], [], leaf.dtype)], {})],
      {},
    ),
  );
  const point: readonly [Tree, Tensor] = [parameters, noise(shape, stream)];
  const weights = noise(module.apply({ parameters, state }, point[1], { train }).y.shape, stream);
  const loss = ([p, x]: readonly [Tree, Tensor]): Tensor =>
    sum(mul(module.apply({ parameters: p, state }, x, { train }).y, weights));
  const { gradient } = valueAndGrad(loss)(point);
  const h = 1e-6;
  for (let i = 0; i < 6; i++) {
    // One direction of the parameters alone, one of the input alone, then mixed ones.
    const direction = [
      mapTree(parameters, (leaf) => (i === 1 ? allZero(leaf) : noise(leaf.shape, stream))),
      i === 0 ? allZero(point[1]) : noise(shape, stream),
    ] as const;
    const at = (factor: number): number =>
      toNumbers(loss(move(point, direction, factor)))[0] as number;
    const expected = (at(h) - at(-h)) / (2 * h);
    const found = dot(gradient, direction);
    expect(Math.abs(found - expected), `direction ${i}: ${found} against ${expected}`).toBeLessThan(
      1e-5 * Math.max(1, Math.abs(expected)),
    );
  }
}

const allZero = (leaf: Tensor): Tensor => tensor(toNumbers(leaf).fill(0), leaf.shape, leaf.dtype);

/** Trains by plain gradient descent on one batch; the variables and the losses afterwards. */
export function descend(
  module: Module,
  variables: Variables,
  loss: (y: Tensor) => Tensor,
  x: Tensor,
  rate: number,
  steps: number,
): { variables: Variables; losses: number[] } {
  let { parameters, state } = variables;
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const step = valueAndGrad((p: Tree) => {
      const applied = module.apply({ parameters: p, state }, x, { train: true });
      return { value: loss(applied.y), aux: applied.state };
    })(parameters);
    parameters = move(parameters, step.gradient, -rate);
    state = step.aux as Tree;
    losses.push(toNumbers(step.value)[0] as number);
  }
  return { variables: { parameters, state }, losses };
}
