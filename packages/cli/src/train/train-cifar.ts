import { cifar10Classes, subset } from '@subbyte/datasets';
import { type Dimension, simplify, type ValueInfo, withConstants } from '@subbyte/graph';
import { fromOnnx, toOnnx } from '@subbyte/onnx';
import { random } from '@subbyte/tensor';
import type { Context, Outcome } from '../commands/command.ts';
import { CliError, UsageError } from '../errors.ts';
import { table } from '../format/table.ts';
import { durationText } from '../format/units.ts';
import { useWasm } from '../io/backend.ts';
import { checkWritable, writeAtomically } from '../io/files.ts';
import { openModel } from '../io/model-file.ts';
import { modelInput } from '../io/model-input.ts';
import { cifar10Folder, openCifar10 } from '../sources/cifar10.ts';
import { accuracyOf } from './accuracy-of.ts';
import { fineTuning } from './fine-tune.ts';
import { type RunOptions, runTraining, settingsOf } from './run-training.ts';

/** Channels, height and width of CIFAR-10's pictures. */
const pictureShape = [3, 32, 32] as const;

/** Options of fine-tuning. */
export interface CifarOptions extends RunOptions {
  /** ONNX file. */
  readonly model: string;
  /** `cifar10:DIR` */
  readonly data: string;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** @throws CliError unless the model takes any number of CIFAR-10's pictures and tells ten classes. */
function checkModel(
  path: string,
  input: readonly Dimension[],
  outputs: readonly ValueInfo[],
): void {
  const text = (shape: readonly Dimension[]): string => `[${shape.join(', ')}]`;
  const [batch = 1, ...picture] = input;
  if (typeof batch === 'number') {
    throw new CliError(`${path} takes ${batch} pictures at a time, expected an open batch size`);
  }
  const fits = (found: readonly Dimension[], expected: readonly number[]): boolean =>
    found.length === expected.length &&
    found.every((size, i) => typeof size !== 'number' || size === expected[i]);
  if (!fits(picture, pictureShape)) {
    throw new CliError(`${path} takes ${text(input)}, expected ${text([batch, ...pictureShape])}`);
  }
  const { shape = [] } = outputs[0] ?? {};
  if (!fits(shape.slice(1), [cifar10Classes.length])) {
    throw new CliError(
      `${path} gives ${text(shape)}, expected ${text([batch, cifar10Classes.length])}`,
    );
  }
}

/**
 * Goes on training an imported classifier of CIFAR-10, writes it, and measures it before and after.
 * @throws CliError when files cannot be read or written, or the run is interrupted.
 */
export async function trainCifar(options: CifarOptions, context: Context): Promise<Outcome> {
  const { model: path, data, out, mean, std, samples, seed, threads, batch } = options;
  const folder = data.startsWith('cifar10:') ? data.slice('cifar10:'.length) : '';
  if (folder === '') throw new UsageError(`--data is "${data}", expected cifar10:DIR`);
  await checkWritable(out);
  await useWasm({ threads });
  const model = await openModel(path);
  const { shape } = modelInput(model);
  const graph = simplify(fromOnnx(model.bytes, { externalData: model.externalData }), {
    keepBatchNorm: true,
  });
  checkModel(path, shape, graph.outputs);
  if (!graph.nodes.some(({ op }) => op === 'batchNorm')) {
    context.terminal.note(`${path} has no batch norms left: only its weights learn`);
  }
  const test = await openCifar10(folder, { seed, split: 'test', mean, std, inputShape: shape });
  const before = await accuracyOf(path, test, context);

  const all = await cifar10Folder(folder, 'train');
  const learn =
    samples < all.size ? subset(all, random(0).permutation(all.size).subarray(0, samples)) : all;
  if (learn.size < batch)
    throw new CliError(`${learn.size} pictures do not fill a batch of ${batch}`);
  const { training, fresh } = fineTuning(graph, learn, { mean, std }, options);
  const settings = settingsOf('cifar', options);
  const { trained, ...figures } = await runTraining(training, fresh, settings, options, context);
  const tuned = withConstants(withConstants(graph, trained.parameters), trained.state);
  await writeAtomically(out, toOnnx(tuned, { form: 'float' }));
  const after = await accuracyOf(out, test, context);
  return {
    text: table(
      [{ title: 'cifar' }, { title: '', align: 'right' }],
      [
        ['accuracy before', `${before.toFixed(2)} %`],
        ['accuracy after', `${after.toFixed(2)} %`],
        ['pictures learned from', learn.size],
        ['steps', figures.steps],
        ['time', durationText(figures.seconds * 1000)],
        ['images per second', figures.imagesPerSecond.toFixed(0)],
        ['wrote', out],
      ],
    ),
    data: {
      target: 'cifar',
      before,
      after,
      accuracy: after,
      ...figures,
      threads,
      output: out,
      checkpoint: options.checkpoint,
    },
  };
}
