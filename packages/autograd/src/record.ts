import { isFloatTensor, type Tensor } from '@subbyte/tensor';
import { type BackwardOptions, runBackward } from './backward.ts';
import { AutogradError } from './errors.ts';
import { createRecorder, currentTape, onTape } from './tape.ts';

/** What `record` gives. */
export interface Recording<Result> {
  readonly result: Result;
  /**
   * Gradients of `sum(seeds · outputs)` with respect to each of `wanted`: watched tensors or any
   * value computed from them. A seed has the shape of its output; outputs without a seed count
   * nothing. Each gradient is a fresh tensor; what nothing depends on gets zeros.
   *
   * Values recorded are released as the pass proceeds, but for outputs, wanted ones and
   * `options.keep`; with `options.retain` all stay, and another pass may follow.
   * @throws AutogradError when a seed does not fit its output, or a wanted tensor is unknown.
   */
  backward(
    outputs: readonly Tensor[],
    seeds: readonly (Tensor | undefined)[],
    wanted: readonly Tensor[],
    options?: BackwardOptions,
  ): Tensor[];
}

/**
 * Runs `work` and records what it computes from `watched`, for gradients with respect to these and
 * to anything in between. Tensors count by identity, however they reach `work`. Call it inside a
 * `scope`, which releases what the backward pass does not.
 * @throws AutogradError for a watched tensor that does not hold floats.
 */
export function record<Result>(watched: readonly Tensor[], work: () => Result): Recording<Result> {
  const tape = createRecorder(currentTape());
  for (const [i, tensor] of watched.entries()) {
    if (!isFloatTensor(tensor)) {
      throw new AutogradError(`watched tensor ${i} is ${tensor.dtype}, expected floats`);
    }
    tape.watch(tensor);
  }
  return {
    result: onTape(tape, work),
    backward: (outputs, seeds, wanted, options = {}) =>
      runBackward(tape, outputs, seeds, wanted, options),
  };
}
