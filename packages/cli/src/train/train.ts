import { valueAndGrad } from '@subbyte/autograd';
import { accuracy, type Batch, prefetch } from '@subbyte/datasets';
import { crossEntropy } from '@subbyte/nn';
import type { Optimizer, OptimizerState } from '@subbyte/optim';
import { advance, type Tensor, type Tree, tensor, toNumbers } from '@subbyte/tensor';
import { CliError } from '../errors.ts';
import { breathe } from '../sources/source.ts';

/** All that changes while a network trains; what a checkpoint holds. */
export type Trained = {
  readonly parameters: Tree;
  /** Running statistics. */
  readonly state: Tree;
  /** Its `step` counts the updates made. */
  readonly optimizer: OptimizerState;
};

/** A classifier as a function of what it learned. */
export type Classify = (
  variables: { readonly parameters: Tree; readonly state: Tree },
  images: Tensor,
  options: { readonly train: boolean },
) => { readonly y: Tensor; readonly state: Tree };

/** What to train, on what and for how long. */
export interface Training {
  readonly classify: Classify;
  readonly optimizer: Optimizer;
  /** Share of the target that is spread over all classes. */
  readonly smoothing: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** The batches of an epoch from number `start` on. */
  batches(epoch: number, start: number): AsyncIterable<Batch>;
}

/** How one step went. */
export interface Step {
  /** Steps made so far, from 1. */
  readonly step: number;
  readonly loss: number;
  /** Share of the batch, 0 … 1, that was classified right. */
  readonly accuracy: number;
  readonly images: number;
}

/** How to watch a training and keep it. */
export interface TrainOptions {
  readonly signal: AbortSignal;
  readonly onStep: (step: Step) => void;
  /** Called every `saveEvery` steps, after the last one, and when `signal` aborts. */
  readonly save: (trained: Trained) => Promise<void>;
  readonly saveEvery: number;
}

/** Number of updates made. */
export const stepOf = ({ optimizer }: Trained): number => toNumbers(optimizer.step)[0] as number;

function makeStep(training: Training, before: Trained, batch: Batch): [Trained, Step] {
  const { classify, optimizer, smoothing } = training;
  const { labels, input } = batch;
  if (!labels) throw new CliError('samples without labels: nothing to learn from');
  const targets = tensor(labels, [labels.length], 'int32');
  let loss = Number.NaN;
  let share = 0;
  const after = advance(before, ({ parameters, state, optimizer: memory }) => {
    const { value, gradient, aux } = valueAndGrad((current: Tree) => {
      const { y, state: next } = classify({ parameters: current, state }, input, { train: true });
      return { value: crossEntropy(y, targets, { smoothing }), aux: { y, next } };
    })(parameters);
    loss = toNumbers(value)[0] as number;
    share = accuracy(aux.y, labels, [1])[0] as number;
    const [next, nextMemory] = optimizer.update(gradient, memory, parameters);
    return { parameters: next, state: aux.next, optimizer: nextMemory };
  });
  return [after, { step: stepOf(after), loss, accuracy: share, images: labels.length }];
}

/**
 * Trains from where `start` stands to the end. Consumes `start`.
 * @throws CliError when the loss is no number any more, or `signal` aborts (after saving).
 */
export async function train(
  training: Training,
  start: Trained,
  { signal, onStep, save, saveEvery }: TrainOptions,
): Promise<Trained> {
  const { epochs, stepsPerEpoch } = training;
  const last = epochs * stepsPerEpoch;
  let trained = start;
  let done = stepOf(start);
  while (done < last) {
    const epoch = Math.floor(done / stepsPerEpoch);
    for await (const batch of prefetch(training.batches(epoch, done % stepsPerEpoch))) {
      const [next, step] = makeStep(training, trained, batch);
      trained = next;
      done = step.step;
      if (!Number.isFinite(step.loss)) {
        throw new CliError(`the loss is ${step.loss} at step ${done}: try a smaller --rate`);
      }
      onStep(step);
      await breathe();
      if (signal.aborted) {
        await save(trained);
        throw new CliError(
          `interrupted after step ${done} of ${last}; --resume goes on from there`,
        );
      }
      if (done % saveEvery === 0 && done < last) await save(trained);
    }
  }
  await save(trained);
  return trained;
}
