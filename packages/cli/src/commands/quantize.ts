import { basename } from 'node:path';
import type { CheckpointStore } from '@subbyte/quantize';
import { renderReport } from '@subbyte/report';
import { CliError, UsageError } from '../errors.ts';
import { proofText } from '../format/proof-text.ts';
import { quantizeText } from '../format/quantize-text.ts';
import { reportData } from '../format/report-data.ts';
import { unitsText } from '../format/units-text.ts';
import { checkWritable, writeAtomically } from '../io/files.ts';
import { folderCheckpoints } from '../io/folder-checkpoints.ts';
import { openModel } from '../io/model-file.ts';
import { modelInput } from '../io/model-input.ts';
import { readUnits } from '../io/units-file.ts';
import { quantizeFile } from '../measure/quantize-file.ts';
import { quantizeArguments, quantizeConfigOf } from '../options/quantize-arguments.ts';
import {
  memoryOf,
  reconstructionArguments,
  reconstructionOf,
} from '../options/reconstruction-arguments.ts';
import { sourceArguments, sourceOptionsOf } from '../options/source-arguments.ts';
import { threadsOf, threadsOption } from '../options/threads.ts';
import { choiceOf } from '../options/values.ts';
import { hasPhotographs, openSource, sourceSyntax } from '../sources/index.ts';
import { withMirrored } from '../sources/with-mirrored.ts';
import { type Command, defineCommand } from './command.ts';

/**
 * The checkpoint folder of a run.
 * @throws CliError when another run's units are in it and nobody asked to go on with them.
 */
async function openCheckpoint(folder: string, resume: boolean): Promise<CheckpointStore> {
  const store = await folderCheckpoints(folder);
  if (resume || !(await store.has('job'))) return store;
  throw new CliError(
    `${folder} has the checkpoint of a run: add --resume to go on with it, or give another folder`,
  );
}

/** `subbyte quantize`: a smaller model, and the proof that it works. */
export const quantizeCommand: Command = defineCommand({
  description: 'Quantize a model to 2-8 bits, write it, reopen it and prove it',
  args: {
    model: { type: 'positional', required: true, description: 'ONNX file' },
    out: { type: 'string', alias: 'o', required: true, valueHint: 'FILE', description: 'Result' },
    calibration: {
      type: 'string',
      valueHint: 'SOURCE',
      description: `Samples that ranges are found on, not needed with --activations float: ${sourceSyntax}`,
    },
    format: {
      type: 'string',
      default: 'qdq',
      valueHint: 'qdq|packed',
      description: 'Integers that engines fuse, or codes packed in bytes',
    },
    ...quantizeArguments,
    ...reconstructionArguments,
    'bias-correction': {
      type: 'boolean',
      description: 'Undo the shift of channel means (Default: with --method nearest)',
    },
    mirror: {
      type: 'boolean',
      description:
        'Also calibrate with the mirror image of every picture (Default: cifar10 and folder, when rounding is learned)',
    },
    prove: { type: 'boolean', default: true, description: 'Reopen the file and run it' },
    report: { type: 'string', valueHint: 'FILE', description: 'Also write an HTML report' },
    ...sourceArguments,
    threads: threadsOption,
  },
  examples: [
    'model.onnx -o small.onnx --calibration folder:photos --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225',
    'model.onnx -o small.onnx --weights 4 --format packed --calibration npy:samples.npy --report report.html',
    'model.onnx -o small.onnx --scheme apot --weights 4 --format packed --calibration folder:photos',
    'model.onnx -o small.onnx --weights 4 --activations float --keep-float "head.*"',
    'model.onnx -o small.onnx --weights 4 --activations 4 --method qdrop --calibration npy:samples.npy --samples 1024 --checkpoint small.units',
  ],
  run: async (args, { terminal, signal, commandLine }) => {
    const config = quantizeConfigOf(args);
    const learning = reconstructionOf(args);
    const memory = memoryOf(args);
    const threads = threadsOf(args.threads);
    const form = choiceOf('format', args.format, ['qdq', 'packed'] as const);
    const model = await openModel(args.model);
    const input = modelInput(model);
    const options = sourceOptionsOf(args, input.shape, { samples: 256, split: 'train' });
    if (!args.calibration && config.activations) {
      throw new UsageError(
        '--calibration is missing: activations need samples (or --activations float)',
      );
    }
    if (!args.calibration && learning) {
      throw new UsageError(`--calibration is missing: --method ${args.method} needs samples`);
    }
    const units = args.units === undefined ? undefined : await readUnits(args.units);
    const reconstruction = learning && { ...learning, units };
    await checkWritable(args.out);
    if (args.report) await checkWritable(args.report);
    const opened = args.calibration ? await openSource(args.calibration, options) : undefined;
    const mirrors =
      args.mirror ?? (learning !== undefined && hasPhotographs(args.calibration ?? ''));
    const calibration = opened && mirrors ? withMirrored(opened) : opened;
    // Without data the proof runs on random numbers: they still show where the file runs.
    const proving = args.prove ? (calibration ?? (await openSource('random', options))) : undefined;

    const checkpoint =
      args.checkpoint === undefined
        ? undefined
        : await openCheckpoint(args.checkpoint, args.resume ?? false);

    const outcome = await quantizeFile({
      model,
      out: args.out,
      form,
      config: { ...config, seed: options.seed, reconstruction, memory, checkpoint },
      calibration,
      proving,
      threads,
      signal,
      onProgress: terminal.progress,
    }).catch((error: unknown) => {
      if (!signal.aborted || !checkpoint) throw error;
      throw new CliError(
        `interrupted; ${args.checkpoint} has what was learned so far, --resume goes on from there`,
      );
    });
    const { report, proof } = outcome;
    if (args.report) {
      const data = reportData(basename(args.model), outcome);
      const html = renderReport({ ...data, command: commandLine });
      await writeAtomically(args.report, html, signal);
    }
    const files = [args.out, ...(args.report ? [args.report] : [])];
    return {
      text: [
        unitsText(outcome.units, report.memory),
        quantizeText(outcome),
        proof ? proofText(proof) : '',
        ...files.map((path) => `wrote ${path}`),
      ]
        .filter((part) => part !== '')
        .join('\n\n'),
      data: {
        model: args.model,
        output: args.out,
        format: form,
        bytes: outcome.bytes,
        bytesBefore: outcome.bytesBefore,
        seconds: outcome.seconds,
        layers: report.layers.map(({ name, op, weights, input: grid, outputSqnr, reason }) => ({
          name,
          op,
          weightScheme: weights?.scheme ?? null,
          weightBits: weights?.bits ?? null,
          activationBits: grid?.bits ?? null,
          weightSqnr: weights?.sqnr ?? null,
          outputSqnr: outputSqnr ?? null,
          reason: reason ?? null,
        })),
        outputSqnr: report.totals.outputSqnr ?? null,
        method: report.recipe.reconstruction?.method ?? 'nearest',
        memory: outcome.units.length > 0 ? report.memory : null,
        units: outcome.units.map(({ seconds, trainingLoss: _, ...unit }) => ({
          ...unit,
          seconds: seconds ?? null,
        })),
        proof: proof ?? null,
        report: args.report ?? null,
      },
    };
  },
});
