import { subset } from '@subbyte/datasets';
import { toOnnx } from '@subbyte/onnx';
import { random } from '@subbyte/tensor';
import type { Context, Outcome } from '../commands/command.ts';
import { CliError, UsageError } from '../errors.ts';
import { table } from '../format/table.ts';
import { durationText } from '../format/units.ts';
import { useWasm } from '../io/backend.ts';
import { checkWritable, writeAtomically } from '../io/files.ts';
import { cifar10Folder, openCifar10 } from '../sources/cifar10.ts';
import { accuracyOf } from './accuracy-of.ts';
import type { CifarArchitecture } from './cifar-architectures.ts';
import { type Normalization, startFromModel, startFromScratch } from './cifar-start.ts';
import { type RunOptions, runTraining, settingsOf } from './run-training.ts';

/** Options of a run on CIFAR-10. */
export interface CifarOptions extends RunOptions, Normalization {
  /** What learns: an ONNX file, or an architecture from scratch. */
  readonly start: { readonly model: string } | { readonly architecture: CifarArchitecture };
  /** `cifar10:DIR` */
  readonly data: string;
}

/**
 * Trains a classifier of CIFAR-10, imported or new, writes it, and measures it; an imported one
 * before, too.
 * @throws CliError when files cannot be read or written, or the run is interrupted.
 */
export async function trainCifar(options: CifarOptions, context: Context): Promise<Outcome> {
  const { start, data, out, mean, std, samples, seed, threads, batch } = options;
  const folder = data.startsWith('cifar10:') ? data.slice('cifar10:'.length) : '';
  if (folder === '') throw new UsageError(`--data is "${data}", expected cifar10:DIR`);
  await checkWritable(out);
  await useWasm({ threads });
  const isImported = 'model' in start;
  const { inputShape, begin, graph } = isImported
    ? await startFromModel(start.model, context.terminal)
    : startFromScratch(start.architecture);
  const test = await openCifar10(folder, { seed, split: 'test', mean, std, inputShape });
  const before = isImported ? await accuracyOf(start.model, test, context) : undefined;

  const all = await cifar10Folder(folder, 'train');
  const learn =
    samples < all.size ? subset(all, random(0).permutation(all.size).subarray(0, samples)) : all;
  if (learn.size < batch)
    throw new CliError(`${learn.size} pictures do not fill a batch of ${batch}`);
  const { training, fresh } = begin(learn, { mean, std }, options);
  const target = isImported ? 'cifar' : `cifar ${start.architecture}`;
  const settings = settingsOf(target, options);
  const { trained, ...figures } = await runTraining(training, fresh, settings, options, context);
  await writeAtomically(out, toOnnx(graph(trained), { form: 'float' }));
  const after = await accuracyOf(out, test, context);
  const accuracy = `${after.toFixed(2)} %`;
  return {
    text: table(
      [{ title: target }, { title: '', align: 'right' }],
      [
        ...(before === undefined
          ? [['accuracy on test pictures', accuracy]]
          : [
              ['accuracy before', `${before.toFixed(2)} %`],
              ['accuracy after', accuracy],
            ]),
        ['pictures learned from', learn.size],
        ['steps', figures.steps],
        ['time', durationText(figures.seconds * 1000)],
        ['images per second', figures.imagesPerSecond.toFixed(0)],
        ['wrote', out],
      ],
    ),
    data: {
      target: 'cifar',
      ...(isImported ? { before, after } : start),
      accuracy: after,
      ...figures,
      threads,
      output: out,
      checkpoint: options.checkpoint,
    },
  };
}
