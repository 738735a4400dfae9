import type { Random, Tensor, Tree } from '@subbyte/tensor';
import { isTensor } from '@subbyte/tensor';
import { NnError } from './errors.ts';

/** What a module remembers, outside of it; a tree, so that it can be saved. */
export type Variables = {
  /** Learned by gradients. */
  readonly parameters: Tree;
  /** Changed by running in train mode: running statistics, singular vectors. */
  readonly state: Tree;
};

/** How to apply a module. */
export interface ApplyOptions {
  /** Use batch statistics and update the state. Default: false. */
  readonly train?: boolean | undefined;
}

/** What applying a module gives. */
export type Applied<Y> = {
  readonly y: Y;
  /** The state after this use: the very one passed in, unless in train mode. */
  readonly state: Tree;
};

/** A part of a network: plain data and two pure functions, no memory of its own. */
export interface Module<X = Tensor, Y = Tensor> {
  /** Fresh variables. Same random stream, same values. */
  init(random: Random): Variables;
  /** @throws NnError when the variables are not those of this module. */
  apply(variables: Variables, x: X, options?: ApplyOptions): Applied<Y>;
}

/** A module, or a function without variables (`relu`, `flatten`). */
export type Layer<X = Tensor, Y = Tensor> = Module<X, Y> | ((x: X) => Y);

/** The branch `key` of `tree`. @throws NnError when it has none. */
export function branch(tree: Tree, key: string, role: string): Tree {
  if (!isTensor(tree) && Object.hasOwn(tree, key)) {
    return (tree as { readonly [key: string]: Tree })[key] as Tree;
  }
  const found = isTensor(tree) ? 'a tensor' : `{ ${Object.keys(tree).join(', ')} }`;
  throw new NnError(`${role} has no "${key}": found ${found}`);
}

/** The tensor `key` of `tree`. @throws NnError when there is none. */
export function leaf(tree: Tree, key: string, role: string): Tensor {
  const found = branch(tree, key, role);
  if (isTensor(found)) return found;
  throw new NnError(`${role}: "${key}" is no tensor`);
}

/** The tensor `key` of `tree`, if there is one. */
export function optionalLeaf(tree: Tree, key: string, role: string): Tensor | undefined {
  return !isTensor(tree) && Object.hasOwn(tree, key) ? leaf(tree, key, role) : undefined;
}

/** A module with parameters and no state. */
export function stateless<X, Y>(
  init: (random: Random) => Tree,
  apply: (parameters: Tree, x: X) => Y,
): Module<X, Y> {
  return {
    init: (random) => ({ parameters: init(random), state: {} }),
    apply: ({ parameters, state }, x) => ({ y: apply(parameters, x), state }),
  };
}
