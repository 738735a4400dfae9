// What all optimisers share: trees in, trees out, a step counter, rates by group. Updates are made in
// place: parameters and moments are as large as the network, and copying them at every step would
// cost as much memory traffic as the update itself.

import { getBackend } from '@subbyte/kernels';
import {
  flattenTree,
  leavesLike,
  mapTree,
  scalar,
  type Tensor,
  type Tree,
  zeros,
} from '@subbyte/tensor';
import { checkOption, OptimError } from './errors.ts';
import { type Rate, rateAt } from './schedule.ts';

/** State of an optimiser: the number of updates made, and trees shaped like the parameters. */
export interface OptimizerState {
  /** int32 scalar. */
  readonly step: Tensor;
  readonly [slot: string]: Tree;
}

/** A pair of pure functions but for memory: `update` consumes the tensors it is given. */
export interface Optimizer {
  /** The state before the first update: zeros in the memory of the backend in use. */
  init(parameters: Tree): OptimizerState;
  /**
   * Parameters and state after one step along `gradients`, a tree like `parameters`.
   *
   * Parameters and state passed in are consumed: their memory takes the new values, so use only
   * what is returned from now on. Tensors outside the backend in use are moved there first; inside
   * a `scope`, return the result from it. Gradients are only read. A parameter that stands twice
   * in the tree is updated once.
   * @throws TensorError when the trees differ, KernelError when shapes or data types do.
   */
  update<Parameters extends Tree>(
    gradients: Parameters,
    state: OptimizerState,
    parameters: Parameters,
  ): [parameters: Parameters, state: OptimizerState];
}

/** Other settings for the parameters whose path matches; the first match counts. */
export interface Group {
  /** Matched against the path in the tree, for example `0.conv.weight`. */
  readonly match: RegExp;
  /** In place of the optimiser's rate; 0 freezes. */
  readonly rate?: Rate | undefined;
  /** In place of the optimiser's weight decay. */
  readonly weightDecay?: number | undefined;
}

/** Options of all optimisers. */
export interface CommonOptions {
  /** Learning rate. */
  readonly rate: Rate;
  readonly weightDecay?: number | undefined;
  readonly groups?: readonly Group[] | undefined;
}

/** What one parameter's update needs to know. */
interface UpdateSettings {
  readonly rate: number;
  readonly weightDecay: number;
  /** Number of this update, from 1. */
  readonly step: number;
}

/** Writes `parameter` and its `slots` in place. */
type UpdateParameter = (
  parameter: Tensor,
  gradient: Tensor,
  slots: readonly Tensor[],
  settings: UpdateSettings,
) => void;

/** `x` in the memory of the backend in use. */
function place(x: Tensor): Tensor {
  return getBackend()?.upload(x) ?? x;
}

/** Zeros like `x` in the memory of the backend in use. */
function zerosLike({ shape, dtype }: Tensor): Tensor {
  return getBackend()?.zeros(shape, dtype) ?? zeros(shape, dtype);
}

function settingsAt(options: CommonOptions, path: string, step: number): UpdateSettings {
  const group = options.groups?.find(({ match }) => path.search(match) >= 0);
  const rate = rateAt(group?.rate ?? options.rate, step - 1);
  if (!Number.isFinite(rate)) {
    throw new OptimError(
      `rate of "${path}" at step ${step - 1} is ${rate}, expected a finite number`,
    );
  }
  return { rate, weightDecay: group?.weightDecay ?? options.weightDecay ?? 0, step };
}

/** An optimiser with one tree per slot, all like the parameters. */
export function defineOptimizer(
  slotNames: readonly string[],
  options: CommonOptions,
  updateParameter: UpdateParameter,
): Optimizer {
  checkOption('weightDecay', options.weightDecay ?? 0, 0);
  const init: Optimizer['init'] = (parameters) => ({
    step: scalar(0, 'int32'),
    ...Object.fromEntries(slotNames.map((slot) => [slot, mapTree(parameters, zerosLike)])),
  });

  const update: Optimizer['update'] = (gradients, state, parameters) => {
    const leaves = flattenTree(parameters);
    const slopes = leavesLike(gradients, parameters, 'gradients');
    const slots = slotNames.map((slot) => {
      const tree = state[slot];
      if (tree === undefined) throw new OptimError(`state has no "${slot}": expected one tree`);
      return leavesLike(tree, parameters, slot).map(place);
    });
    const step = Number(state.step.data[0]) + 1;
    const updated = new Map<Tensor, Tensor>();
    for (const [i, [path, parameter]] of leaves.entries()) {
      if (updated.has(parameter)) continue;
      const own = place(parameter);
      updated.set(parameter, own);
      updateParameter(
        own,
        slopes[i] as Tensor,
        slots.map((slot) => slot[i] as Tensor),
        settingsAt(options, path, step),
      );
    }
    state.step.data[0] = step;
    const next = slotNames.map((name, k): [string, Tree] => {
      let i = 0;
      return [name, mapTree(parameters, () => slots[k]?.[i++] as Tensor)];
    });
    return [
      mapTree(parameters, (parameter) => updated.get(parameter) as Tensor),
      { step: state.step, ...Object.fromEntries(next) },
    ];
  };
  return { init, update };
}
