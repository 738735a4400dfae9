import {
  flattenTree,
  isFloatTensor,
  type ScopeResult,
  scope,
  type Tensor,
  type Tree,
} from '@subbyte/tensor';
import { record as recordWork } from './record.ts';
import { currentTape, onTape, record, type Tape } from './tape.ts';

/** A tape that only notes which values from outside are used. */
function createProbe(outer: Tape, used: Set<Tensor>): Tape {
  return {
    isTracked: outer.isTracked,
    record: ({ operands }) => {
      for (const operand of operands) if (operand && outer.isTracked(operand)) used.add(operand);
    },
  };
}

/**
 * `f`, whose intermediate values are not kept for the backward pass but computed again there: less
 * memory for one more forward pass (Chen et al. 2016). `f` must be pure: the same arguments give
 * the same result, so random numbers come in as arguments. Gradients also reach tensors that `f`
 * uses without taking them as arguments.
 */
export function checkpoint<Args extends readonly unknown[], Result extends Tree>(
  f: (...args: Args) => Result,
): (...args: Args) => Result {
  return (...args) => {
    const outer = currentTape();
    if (!outer) return f(...args);
    const used = new Set<Tensor>();
    const work = (): ScopeResult => onTape(createProbe(outer, used), () => f(...args));
    const result = scope(work) as unknown as Result;
    const operands = [...used];
    /** Which leaves of the result `f` computed, rather than passed through. */
    const fresh = flattenTree(result).map(
      ([, leaf]) => isFloatTensor(leaf) && !outer.isTracked(leaf),
    );
    const computed = (tree: Tree): Tensor[] =>
      flattenTree(tree).flatMap(([, leaf], i) => (fresh[i] ? [leaf] : []));
    record({
      name: 'checkpoint',
      operands,
      results: computed(result),
      fresh: false,
      backward: (gradients) => {
        const again = recordWork(operands, () => f(...args));
        return again.backward(computed(again.result), gradients, operands);
      },
    });
    return result;
  };
}
