import { kernels } from '@subbyte/kernels';
import { flattenTree, mapTree, scope, type Tensor, type Tree, tensor } from '@subbyte/tensor';
import { checkOption } from './errors.ts';

/** Euclidean norm of all elements of a tree together. */
export function globalNorm(tree: Tree): number {
  const square = scope(() => {
    let total = 0;
    for (const [, leaf] of flattenTree(tree)) {
      const axes = leaf.shape.map((_, axis) => axis);
      total += Number(kernels.reduceSumSquare([leaf], { axes, keepAxes: false }).data[0]);
    }
    return total;
  });
  return Math.sqrt(square);
}

/** `x * factor`, fresh. */
function scaled(x: Tensor, factor: number): Tensor {
  const work = (): Tensor => kernels.mul([x, tensor([factor], [], x.dtype)], {});
  return scope(work);
}

/**
 * `gradients` scaled down so that their norm, all together, is at most `limit` (Pascanu et al.
 * 2013): fresh tensors, or the tree itself when the norm is within the limit.
 */
export function clipByGlobalNorm<T extends Tree>(gradients: T, limit: number): T {
  checkOption('limit', limit, 0);
  const norm = globalNorm(gradients);
  return norm <= limit ? gradients : mapTree(gradients, (leaf) => scaled(leaf, limit / norm));
}

/** `gradients` with every element moved into [-limit, limit]: fresh tensors. */
export function clipByValue<T extends Tree>(gradients: T, limit: number): T {
  checkOption('limit', limit, 0);
  return mapTree(gradients, (leaf) => kernels.clip([leaf], { min: -limit, max: limit }));
}
