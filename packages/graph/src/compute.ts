import { heap, type Tensor, toHeap } from '@subbyte/tensor';
import { isView, runNode } from './operations/index.ts';
import type { Node } from './types.ts';

/** Computes a node once, with its results on the JavaScript heap whatever the backend. */
export function computeOnHeap(
  node: Node,
  operands: readonly (Tensor | undefined)[],
): readonly Tensor[] {
  return runNode(node, operands).map((value) => {
    if (value.storage.owner === heap) return value;
    const result = toHeap(value);
    if (!isView(node)) value.storage.dispose();
    return result;
  });
}
