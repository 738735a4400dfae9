import { batches } from '@subbyte/datasets';
import { encodeSafetensors } from '@subbyte/nn';
import type { Context, Outcome } from '../commands/command.ts';
import { table } from '../format/table.ts';
import { durationText } from '../format/units.ts';
import { useWasm } from '../io/backend.ts';
import { checkWritable, writeAtomically } from '../io/files.ts';
import { mnistDigits } from '../io/mnist-digits.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import {
  type DigitsSettings,
  digitsNormalization,
  digitsTraining,
  freshDigits,
  splitDigits,
} from './digits.ts';
import { measure } from './measure.ts';
import { showProgress } from './progress.ts';
import { stepOf, train } from './train.ts';

/** A run on digits: its settings and its files. */
export interface DigitsRun extends DigitsSettings {
  readonly out: string;
  readonly checkpoint: string;
  readonly resume: boolean;
  /** Steps between checkpoints; undefined: an epoch. */
  readonly saveEvery: number | undefined;
  readonly threads: number;
}

/**
 * Trains the network for digits, writes it and measures it on digits it has not seen.
 * @throws CliError when files cannot be read or written, or the run is interrupted.
 */
export async function runDigits(run: DigitsRun, { terminal, signal }: Context): Promise<Outcome> {
  const { out, checkpoint, resume, threads, epochs, batch, rate, seed, samples } = run;
  await checkWritable(out);
  await checkWritable(checkpoint);
  await useWasm({ threads });
  const { learn, test } = splitDigits(await mnistDigits(), samples);
  const training = digitsTraining(learn, run);
  const settings = { target: 'digits', epochs, batch, rate, seed, samples: learn.size };
  const fresh = freshDigits(training, seed);
  const start = resume ? await readCheckpoint(checkpoint, fresh, settings) : fresh;
  const startStep = stepOf(start);

  const progress = showProgress(terminal, training);
  const began = performance.now();
  const { parameters, state } = await train(training, start, {
    signal,
    onStep: progress.onStep,
    save: (trained) => writeCheckpoint(checkpoint, trained, settings),
    saveEvery: run.saveEvery ?? training.stepsPerEpoch,
  });
  const seconds = (performance.now() - began) / 1000;
  const variables = { parameters, state };
  await writeAtomically(out, encodeSafetensors(variables));
  const unseen = batches(test, { ...digitsNormalization, batchSize: 100 });
  const accuracy = await measure(training.classify, variables, unseen);
  const steps = epochs * training.stepsPerEpoch;
  const speed = steps > startStep ? progress.imagesPerSecond() : 0;
  return {
    text: table(
      [{ title: 'digits' }, { title: '', align: 'right' }],
      [
        ['accuracy on unseen digits', `${accuracy.toFixed(2)} %`],
        ['unseen digits', test.size],
        ['digits learned from', learn.size],
        ['steps', steps],
        ['time', durationText(seconds * 1000)],
        ['images per second', speed.toFixed(0)],
        ['wrote', out],
      ],
    ),
    data: {
      target: 'digits',
      accuracy,
      heldOut: test.size,
      steps,
      resumedAt: startStep,
      seconds,
      imagesPerSecond: speed,
      threads,
      output: out,
      checkpoint,
    },
  };
}
