import { availableParallelism } from 'node:os';
import { UsageError } from '../errors.ts';
import { choiceOf, integerOf, numbersOf } from '../options/values.ts';
import { runDigits } from '../train/run-digits.ts';
import { type Command, defineCommand } from './command.ts';

/** What can be trained. */
const targets = ['digits'] as const;

function rateOf(text: string): number {
  const [rate = 0, ...more] = numbersOf('rate', text);
  if (more.length === 0 && rate > 0) return rate;
  throw new UsageError(`--rate is "${text}", expected one number above 0`);
}

/** `subbyte train`: networks from scratch, resumable to the byte. */
export const trainCommand: Command = defineCommand({
  description: 'Train a network; killed runs go on from their checkpoint',
  args: {
    target: { type: 'positional', required: true, description: targets.join(' | ') },
    out: {
      type: 'string',
      alias: 'o',
      default: 'digits.safetensors',
      valueHint: 'FILE',
      description: 'Result',
    },
    checkpoint: {
      type: 'string',
      valueHint: 'FILE',
      description: 'Where a run can go on from (Default: the result with .checkpoint behind it)',
    },
    resume: { type: 'boolean', description: 'Go on from the checkpoint' },
    epochs: { type: 'string', default: '10', valueHint: 'N', description: 'Times over the data' },
    batch: { type: 'string', default: '64', valueHint: 'N', description: 'Images in a step' },
    rate: { type: 'string', default: '0.1', valueHint: 'X', description: 'Highest learning rate' },
    seed: { type: 'string', default: '1', valueHint: 'N', description: 'First values and order' },
    samples: {
      type: 'string',
      default: '8000',
      valueHint: 'N',
      description: 'Images to learn from, at most',
    },
    'save-every': {
      type: 'string',
      valueHint: 'N',
      description: 'Steps between checkpoints (Default: an epoch)',
    },
    threads: {
      type: 'string',
      valueHint: 'N',
      description: 'Threads; the result does not depend on it (Default: one for each core)',
    },
  },
  examples: ['digits', 'digits --epochs 2 --out quick.safetensors --json', 'digits --resume'],
  run: async (args, context) => {
    choiceOf('target', args.target, targets);
    const batch = integerOf('batch', args.batch, 1, 4096);
    return runDigits(
      {
        out: args.out,
        checkpoint: args.checkpoint ?? `${args.out}.checkpoint`,
        resume: args.resume ?? false,
        epochs: integerOf('epochs', args.epochs, 1, 10_000),
        batch,
        rate: rateOf(args.rate),
        seed: integerOf('seed', args.seed, 0, 0xffff_ffff),
        samples: integerOf('samples', args.samples, batch, 8000),
        saveEvery:
          args['save-every'] === undefined
            ? undefined
            : integerOf('save-every', args['save-every'], 1),
        threads:
          args.threads === undefined
            ? Math.min(availableParallelism(), 8)
            : integerOf('threads', args.threads, 1, 64),
      },
      context,
    );
  },
});
