import { TensorError } from './errors.ts';
import { isTensor } from './is-tensor.ts';
import type { Tensor } from './tensor.ts';

/** Tensors in nested arrays and records: the parameters of a network, the state of an optimiser. */
export type Tree = Tensor | readonly Tree[] | { readonly [key: string]: Tree };

/** A tensor of a tree and where it stands: keys and indices joined by dots, `''` for the root. */
export type Leaf = readonly [path: string, tensor: Tensor];

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** The tensors of `tree` with their paths, in the order of arrays and keys. */
export function flattenTree(tree: Tree, path = ''): Leaf[] {
  if (isTensor(tree)) return [[path, tree]];
  return Object.entries(tree).flatMap(([key, branch]) => flattenTree(branch, join(path, key)));
}

/**
 * A tree shaped like `tree` with `change(leaf, path)` in the place of each tensor.
 * Works through the leaves in the order of `flattenTree`.
 */
export function mapTree<T extends Tree>(
  tree: T,
  change: (leaf: Tensor, path: string) => Tensor,
  path = '',
): T {
  const map = (branch: Tree, at: string): Tree => {
    if (isTensor(branch)) return change(branch, at);
    if (Array.isArray(branch)) return branch.map((entry, i) => map(entry, join(at, String(i))));
    // fromEntries defines properties, so that a key like __proto__ stays a key.
    return Object.fromEntries(
      Object.entries(branch).map(([key, entry]) => [key, map(entry, join(at, key))]),
    );
  };
  return map(tree, path) as T;
}

/**
 * The tensors of `tree` without their paths, after checking that it has the leaves of `like`.
 * @throws TensorError naming the first path that differs.
 */
export function leavesLike(tree: Tree, like: Tree, role = 'tree'): Tensor[] {
  const leaves = flattenTree(tree);
  const expected = flattenTree(like);
  for (let i = 0; i < Math.max(leaves.length, expected.length); i++) {
    const [path, wanted] = [leaves[i]?.[0], expected[i]?.[0]];
    if (path !== wanted) {
      throw new TensorError(
        `${role}: leaf ${i} is ${path === undefined ? 'missing' : `"${path}"`}, expected ${wanted === undefined ? 'no more' : `"${wanted}"`}`,
      );
    }
  }
  return leaves.map(([, leaf]) => leaf);
}
