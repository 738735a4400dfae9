import type { Context } from '../commands/command.ts';
import { checkWritable } from '../io/files.ts';
import { readCheckpoint, type Settings, writeCheckpoint } from './checkpoint.ts';
import { showProgress } from './progress.ts';
import { stepOf, type Trained, type Training, train } from './train.ts';

/** Options of every run. */
export interface RunOptions {
  /** The trained model. */
  readonly out: string;
  /** Where the run can go on from. */
  readonly checkpoint: string;
  readonly resume: boolean;
  /** Steps between checkpoints; undefined: an epoch. */
  readonly saveEvery: number | undefined;
  readonly threads: number;
  readonly epochs: number;
  /** Images in a step. */
  readonly batch: number;
  /** Highest learning rate. */
  readonly rate: number;
  readonly seed: number;
  /** Images to learn from, at most. */
  readonly samples: number;
}

/** How a run went. */
export interface RunResult {
  readonly trained: Trained;
  readonly steps: number;
  /** Steps that were already made when the run went on; 0 for a fresh one. */
  readonly resumedAt: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
}

/** What tells one run from another: a checkpoint goes on only with the same. */
export const settingsOf = (target: string, options: RunOptions): Settings => {
  const { epochs, batch, rate, seed, samples } = options;
  return { target, epochs, batch, rate, seed, samples };
};

/**
 * Trains from `fresh`, or from the checkpoint, to the end, keeping checkpoints on the way.
 * @throws CliError when files cannot be read or written, or the run is interrupted.
 */
export async function runTraining(
  training: Training,
  fresh: Trained,
  settings: Settings,
  options: RunOptions,
  { terminal, signal }: Context,
): Promise<RunResult> {
  const { checkpoint, resume, saveEvery = training.stepsPerEpoch } = options;
  await checkWritable(checkpoint);
  const start = resume ? await readCheckpoint(checkpoint, fresh, settings) : fresh;
  const resumedAt = stepOf(start);
  const steps = training.epochs * training.stepsPerEpoch;
  const progress = showProgress(terminal, training);
  const began = performance.now();
  const trained = await train(training, start, {
    signal,
    onStep: progress.onStep,
    save: (state) => writeCheckpoint(checkpoint, state, settings),
    saveEvery,
  });
  return {
    trained,
    steps,
    resumedAt,
    seconds: (performance.now() - began) / 1000,
    imagesPerSecond: steps > resumedAt ? progress.imagesPerSecond() : 0,
  };
}
