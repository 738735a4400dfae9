// What is recorded, where, and who watches. The context is the one piece of module state: the tape
// that records now and the listener that sees what is computed.

import type { ForwardKernelName, OperandsOf, OptionsOf } from '@subbyte/kernels';
import type { Shape, Tensor } from '@subbyte/tensor';
import { AutogradError } from './errors.ts';

/** One recorded computation and how gradients pass back through it. */
export interface Step {
  /** Name for messages: the kernel's, `reshape`, `custom` or `checkpoint`. */
  readonly name: string;
  readonly operands: readonly (Tensor | undefined)[];
  readonly results: readonly Tensor[];
  /** The results have storage of their own, which may go once the step has been passed back. */
  readonly fresh: boolean;
  /** Gradients for the operands that are wanted, from those of the results. */
  readonly backward: (
    gradients: readonly (Tensor | undefined)[],
    wants: (operand: number) => boolean,
  ) => readonly (Tensor | undefined)[];
}

/** Something that steps are recorded on. */
export interface Tape {
  /** Whether `tensor` depends on a tensor that this tape, or one outside it, watches. */
  isTracked(tensor: Tensor): boolean;
  /** Takes a step of which at least one operand is tracked. */
  record(step: Step): void;
}

/** A computed value as listeners see it: a kernel with its operands and options, or a view. */
export type Computation =
  | {
      readonly [K in ForwardKernelName]: {
        readonly kernel: K;
        readonly operands: OperandsOf<K>;
        readonly options: OptionsOf<K>;
        readonly result: Tensor;
      };
    }[ForwardKernelName]
  | {
      readonly kernel: 'reshape';
      readonly operands: readonly [x: Tensor];
      readonly options: { readonly shape: Shape };
      readonly result: Tensor;
    };

/** Sees every value that is computed. */
export type Listener = (computation: Computation) => void;

interface Context {
  readonly tape: Tape | undefined;
  readonly listener: Listener | undefined;
}

let context: Context = { tape: undefined, listener: undefined };

function within<Result>(next: Context, work: () => Result): Result {
  const before = context;
  context = next;
  try {
    return work();
  } finally {
    context = before;
  }
}

/** The tape that records now. */
export function currentTape(): Tape | undefined {
  return context.tape;
}

/** Runs `work` on `tape`; `undefined` records nothing. */
export function onTape<Result>(tape: Tape | undefined, work: () => Result): Result {
  return within({ ...context, tape }, work);
}

/** Runs `work` without tape and listener: what backward passes compute is nobody's business. */
export function unseen<Result>(work: () => Result): Result {
  return within({ tape: undefined, listener: undefined }, work);
}

/**
 * Runs `work` and reports every value that autograd's functions compute in it to `listener`, in
 * order: so a function of tensors is traced to a graph. Layers that use batch statistics report
 * the normalisation with those statistics as plain tensors. An inner `observe` hides its values
 * from the outer one.
 */
export function observe<Result>(listener: Listener, work: () => Result): Result {
  return within({ ...context, listener }, work);
}

/** Reports a value to the listener, if there is one. */
export function report(computation: Computation): void {
  context.listener?.(computation);
}

/** Puts a step on the tape that records now, if one of its operands matters to it. */
export function record(step: Step): void {
  const { tape } = context;
  if (tape && step.operands.some((operand) => operand && tape.isTracked(operand))) {
    tape.record(step);
  }
}

/** A tape that keeps its steps. */
export interface Recorder extends Tape {
  readonly steps: readonly Step[];
  /** Gradients with respect to `tensor` may be asked for from now on. */
  watch(tensor: Tensor): void;
}

/** An empty tape inside `outer`. */
export function createRecorder(outer: Tape | undefined): Recorder {
  const steps: Step[] = [];
  const tracked = new Set<Tensor>();
  return {
    steps,
    watch: (tensor) => {
      tracked.add(tensor);
    },
    isTracked: (tensor) => tracked.has(tensor) || outer?.isTracked(tensor) === true,
    record: (step) => {
      if (step.operands.some((operand) => operand && outer?.isTracked(operand))) {
        throw new AutogradError(
          `${step.name}: a gradient inside a differentiated function depends on values of the outer one: second derivatives are not supported (stopGradient makes such a value a constant)`,
        );
      }
      steps.push(step);
      for (const result of step.results) tracked.add(result);
    },
  };
}
