import { toOnnx } from '@subbyte/onnx';
import type { Context, Outcome } from '../commands/command.ts';
import { table } from '../format/table.ts';
import { durationText } from '../format/units.ts';
import { useWasm } from '../io/backend.ts';
import { checkWritable, writeAtomically } from '../io/files.ts';
import { mnistDigits } from '../io/mnist-digits.ts';
import { accuracyOf } from './accuracy-of.ts';
import { digitsGraph, digitsTraining, splitDigits, unseenDigits } from './digits.ts';
import { type RunOptions, runTraining, settingsOf } from './run-training.ts';

/**
 * Trains the network for digits, writes it and measures it on digits it has not seen.
 * @throws CliError when files cannot be read or written, or the run is interrupted.
 */
export async function trainDigits(options: RunOptions, context: Context): Promise<Outcome> {
  const { out, checkpoint, threads, samples } = options;
  await checkWritable(out);
  await useWasm({ threads });
  const { learn, test } = splitDigits(await mnistDigits(), samples);
  const { training, fresh } = digitsTraining(learn, options);
  const settings = settingsOf('digits', options);
  const { trained, ...figures } = await runTraining(training, fresh, settings, options, context);
  await writeAtomically(out, toOnnx(digitsGraph(trained), { form: 'float' }));
  const accuracy = await accuracyOf(out, unseenDigits(test), context);
  return {
    text: table(
      [{ title: 'digits' }, { title: '', align: 'right' }],
      [
        ['accuracy on unseen digits', `${accuracy.toFixed(2)} %`],
        ['unseen digits', test.size],
        ['digits learned from', learn.size],
        ['steps', figures.steps],
        ['time', durationText(figures.seconds * 1000)],
        ['images per second', figures.imagesPerSecond.toFixed(0)],
        ['wrote', out],
      ],
    ),
    data: {
      target: 'digits',
      accuracy,
      heldOut: test.size,
      ...figures,
      threads,
      output: out,
      checkpoint,
    },
  };
}
