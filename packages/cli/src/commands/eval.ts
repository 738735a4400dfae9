import { engineNames, engines } from '../engines/index.ts';
import { UsageError } from '../errors.ts';
import { table } from '../format/table.ts';
import { durationText } from '../format/units.ts';
import { openModel } from '../io/model-file.ts';
import { modelInput } from '../io/model-input.ts';
import { evaluate } from '../measure/evaluate.ts';
import { pagePictures } from '../measure/page-pictures.ts';
import { sourceArguments, sourceOptionsOf } from '../options/source-arguments.ts';
import { choiceOf } from '../options/values.ts';
import { openSource, sourceSyntax } from '../sources/index.ts';
import { type Command, defineCommand } from './command.ts';

/** `subbyte eval`: top-1 and top-5, the share of characters read, or of lines found. */
export const evalCommand: Command = defineCommand({
  description: 'Measure the accuracy of a model on labelled data',
  args: {
    model: { type: 'positional', required: true, description: 'ONNX file' },
    data: {
      type: 'string',
      required: true,
      valueHint: 'SOURCE',
      description: `Labelled samples: ${sourceSyntax}`,
    },
    engine: {
      type: 'string',
      default: 'subbyte',
      valueHint: engineNames.join('|'),
      description: 'What runs the model',
    },
    against: {
      type: 'string',
      valueHint: engineNames.join('|'),
      description: 'Also run it here, and tell the largest difference of an output',
    },
    pictures: {
      type: 'string',
      valueHint: 'DIR',
      description: 'Write what was found on each page there, as PNG (ocr-pages)',
    },
    ...sourceArguments,
  },
  examples: [
    'model.onnx --data cifar10:data/cifar10 --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225',
    'model.onnx --data folder:photos --engine ort-web --samples 500 --json',
    'model.onnx --data folder:photos --engine subbyte --against ort-node',
    'recogniser.onnx --data ocr --samples 200',
    'detector.onnx --data ocr-pages --samples 60 --pictures found',
  ],
  run: async (args, { terminal, signal }) => {
    const engine = choiceOf('engine', args.engine, engineNames);
    const model = await openModel(args.model);
    const input = modelInput(model);
    const options = sourceOptionsOf(args, input.shape, { split: 'test' });
    const source = await openSource(args.data, options);
    if (source.truth === 'none') {
      throw new UsageError(
        `--data is "${args.data}", which has no labels to score by; expected cifar10:, folder:, ocr or ocr-pages`,
      );
    }
    if (args.pictures !== undefined && source.truth !== 'boxes') {
      throw new UsageError(`--pictures shows boxes, and --data is "${args.data}", not ocr-pages`);
    }
    const onOutput = args.pictures === undefined ? undefined : await pagePictures(args.pictures);
    const other = args.against && choiceOf('against', args.against, engineNames);
    const session = await engines[engine].load(model);
    const against = other ? await engines[other].load(model) : undefined;
    try {
      const { score, samples, milliseconds, maxDifference } = await evaluate(session, source, {
        signal,
        against,
        onOutput,
        onProgress: (done, total) => terminal.progress('evaluating', done, total),
      });
      return {
        text: table(
          [{ title: args.model }, { title: engine, align: 'right' }],
          [
            ...Object.entries(score).map(([name, value]) => [name, `${value.toFixed(2)} %`]),
            ...(maxDifference === undefined
              ? []
              : [[`largest difference to ${other}`, maxDifference.toExponential(1)]]),
            ['samples', samples],
            ['time', durationText(milliseconds)],
            ['per sample', durationText(milliseconds / Math.max(samples, 1))],
          ],
        ),
        data: {
          ...score,
          images: samples,
          seconds: milliseconds / 1000,
          engine,
          ...(maxDifference === undefined ? {} : { against: other, maxDifference }),
          model: args.model,
          data: args.data,
          ...(args.pictures === undefined ? {} : { pictures: args.pictures }),
        },
      };
    } finally {
      await session.dispose();
      await against?.dispose();
    }
  },
});
