// The backward pass. Gradients are counted by storage, because rules pass them on as they are or as
// views: what nobody needs any more is released at once, and what only one value needs is added to
// in place.

import { getBackend, kernels } from '@subbyte/kernels';
import {
  type ScopeResult,
  type Storage,
  sameShape,
  scope,
  storagesOf,
  type Tensor,
  zeros,
} from '@subbyte/tensor';
import { AutogradError } from './errors.ts';
import { type Recorder, type Step, unseen } from './tape.ts';

/** Options of a backward pass. */
export interface BackwardOptions {
  /** Tensors made during the recording that must survive, besides outputs and wanted ones. */
  readonly keep?: ScopeResult;
  /** Release no recorded value, so that another backward pass may follow. Default: false. */
  readonly retain?: boolean | undefined;
}

const describe = ({ dtype, shape }: Tensor): string => `${dtype} [${shape}]`;

/** Zeros like `tensor`, where the backend in use keeps its tensors. */
function zerosLike({ shape, dtype }: Tensor): Tensor {
  return getBackend()?.zeros(shape, dtype) ?? zeros(shape, dtype);
}

/** Gradients on their way, by the value they belong to. */
interface Pending {
  /** Adds to what is known of the gradient of `value`. */
  add(value: Tensor, gradient: Tensor): void;
  /** The gradient of `value`, which is no longer pending. The caller drops it. */
  take(value: Tensor): Tensor | undefined;
  /** One user of `gradient` less. */
  drop(gradient: Tensor): void;
}

/** @param lent storages of the caller: never written, never released */
function createPending(lent: ReadonlySet<Storage>): Pending {
  const gradients = new Map<Tensor, Tensor>();
  const users = new Map<Storage, number>();
  const count = ({ storage }: Tensor): number => users.get(storage) ?? 0;
  const hold = (gradient: Tensor): void => {
    users.set(gradient.storage, count(gradient) + 1);
  };
  const drop = (gradient: Tensor): void => {
    const left = count(gradient) - 1;
    if (left > 0) {
      users.set(gradient.storage, left);
      return;
    }
    users.delete(gradient.storage);
    if (!lent.has(gradient.storage)) gradient.storage.dispose();
  };
  return {
    add: (value, gradient) => {
      const known = gradients.get(value);
      if (!known) {
        hold(gradient);
        gradients.set(value, gradient);
        return;
      }
      hold(gradient);
      if (count(known) === 1 && !lent.has(known.storage)) {
        kernels.accumulateUpdate([known, gradient], {});
      } else {
        const sum = kernels.add([known, gradient], {});
        drop(known);
        hold(sum);
        gradients.set(value, sum);
      }
      drop(gradient);
    },
    take: (value) => {
      const gradient = gradients.get(value);
      gradients.delete(value);
      return gradient;
    },
    drop,
  };
}

function checkGradient(what: string, value: Tensor, gradient: Tensor): void {
  if (gradient.dtype !== value.dtype || !sameShape(gradient.shape, value.shape)) {
    throw new AutogradError(
      `${what}: gradient is ${describe(gradient)}, expected ${describe(value)}`,
    );
  }
}

/** Passes the gradients of a step's results on to its operands. */
function passBack(
  step: Step,
  gradients: readonly (Tensor | undefined)[],
  isTracked: (tensor: Tensor) => boolean,
  pending: Pending,
): void {
  const wants = (i: number): boolean => {
    const operand = step.operands[i];
    return operand !== undefined && isTracked(operand);
  };
  const results = scope(() => step.backward(gradients, wants));
  for (const [i, gradient] of results.entries()) {
    const operand = step.operands[i];
    if (!gradient || !operand || !wants(i)) continue;
    checkGradient(`${step.name}, operand ${i}`, operand, gradient);
    pending.add(operand, gradient);
  }
}

/** @see Recording.backward */
export function runBackward(
  tape: Recorder,
  outputs: readonly Tensor[],
  seeds: readonly (Tensor | undefined)[],
  wanted: readonly Tensor[],
  { keep, retain = false }: BackwardOptions,
): Tensor[] {
  for (const [i, tensor] of wanted.entries()) {
    if (tape.isTracked(tensor)) continue;
    throw new AutogradError(
      `wanted tensor ${i} (${describe(tensor)}) is neither watched nor computed from watched ones`,
    );
  }
  const kept = storagesOf([outputs, wanted, keep]);
  const lent = storagesOf(seeds);
  const isWanted = new Set(wanted);
  return unseen(() =>
    scope(() => {
      const pending = createPending(lent);
      const found = new Map<Tensor, Tensor>();
      for (const [i, output] of outputs.entries()) {
        const seed = seeds[i];
        if (!seed) continue;
        checkGradient(`output ${i}`, output, seed);
        pending.add(output, seed);
      }
      for (let i = tape.steps.length - 1; i >= 0; i--) {
        const step = tape.steps[i] as Step;
        const gradients = step.results.map((result) => pending.take(result));
        if (gradients.some((gradient) => gradient !== undefined)) {
          passBack(step, gradients, tape.isTracked, pending);
        }
        for (const [k, result] of step.results.entries()) {
          const gradient = gradients[k];
          if (gradient && isWanted.has(result)) found.set(result, gradient);
          else if (gradient) pending.drop(gradient);
          // Every later step that read the result has been passed.
          if (!retain && step.fresh && !kept.has(result.storage)) result.storage.dispose();
        }
      }
      const given = new Set(lent);
      return wanted.map((tensor) => {
        const gradient = found.get(tensor) ?? pending.take(tensor) ?? zerosLike(tensor);
        found.set(tensor, gradient);
        // Each result owns its memory, whatever the rules passed on.
        const own = given.has(gradient.storage)
          ? kernels.cast([gradient], { dtype: gradient.dtype })
          : gradient;
        given.add(own.storage);
        return own;
      });
    }),
  );
}
