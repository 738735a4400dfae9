import { UsageError } from '../errors.ts';
import { sourceArguments } from '../options/source-arguments.ts';
import { threadsOf, threadsOption } from '../options/threads.ts';
import { choiceOf, integerOf, numbersOf } from '../options/values.ts';
import { type CifarArchitecture, cifarArchitectures } from '../train/cifar-architectures.ts';
import type { RunOptions } from '../train/run-training.ts';
import { type CifarOptions, trainCifar } from '../train/train-cifar.ts';
import { trainDigits } from '../train/train-digits.ts';
import { type Command, defineCommand } from './command.ts';

/** What a target does when nothing else is asked for. */
interface Defaults {
  readonly out: string;
  readonly epochs: string;
  readonly batch: string;
  readonly rate: string;
  /** Images there are to learn from. */
  readonly samples: number;
}

const targets = {
  digits: { out: 'digits.onnx', epochs: '20', batch: '64', rate: '0.1', samples: 8000 },
  cifar: { out: 'cifar.onnx', epochs: '1', batch: '128', rate: '0.001', samples: 50_000 },
} as const satisfies Record<string, Defaults>;

/** What an architecture from scratch needs more of than an imported model. */
const cifarFromScratch: Defaults = { ...targets.cifar, epochs: '40', batch: '64', rate: '0.1' };

const architectureNames = Object.keys(cifarArchitectures) as CifarArchitecture[];

const targetNames = Object.keys(targets) as (keyof typeof targets)[];

/** Names of the options that every run understands. */
type RunOption =
  | 'out'
  | 'checkpoint'
  | 'epochs'
  | 'batch'
  | 'rate'
  | 'seed'
  | 'samples'
  | 'save-every'
  | 'threads';

type Given = { readonly [Option in RunOption]?: string | undefined } & {
  readonly resume?: boolean | undefined;
};

function rateOf(text: string): number {
  const [rate = 0, ...more] = numbersOf('rate', text);
  if (more.length === 0 && rate > 0) return rate;
  throw new UsageError(`--rate is "${text}", expected one number above 0`);
}

function runOptionsOf(given: Given, defaults: Defaults): RunOptions {
  const { out = defaults.out, samples, threads } = given;
  const batch = integerOf('batch', given.batch ?? defaults.batch, 1, 4096);
  const saveEvery = given['save-every'];
  return {
    out,
    checkpoint: given.checkpoint ?? `${out}.checkpoint`,
    resume: given.resume ?? false,
    epochs: integerOf('epochs', given.epochs ?? defaults.epochs, 1, 10_000),
    batch,
    rate: rateOf(given.rate ?? defaults.rate),
    seed: integerOf('seed', given.seed ?? '1', 0, 0xffff_ffff),
    samples:
      samples === undefined
        ? defaults.samples
        : integerOf('samples', samples, batch, defaults.samples),
    saveEvery: saveEvery === undefined ? undefined : integerOf('save-every', saveEvery, 1),
    threads: threadsOf(threads),
  };
}

/** What `train cifar` starts from. */
function cifarStartOf(
  model: string | undefined,
  architecture: string | undefined,
): CifarOptions['start'] {
  if (model && architecture === undefined) return { model };
  if (architecture !== undefined && !model) {
    return { architecture: choiceOf('architecture', architecture, architectureNames) };
  }
  const names = architectureNames.join(' or ');
  throw new UsageError(`train cifar needs either --model FILE or --architecture ${names}`);
}

const option = (valueHint: string, description: string) =>
  ({ type: 'string', valueHint, description }) as const;

/** `subbyte train`: networks from scratch and imported ones, resumable to the byte. */
export const trainCommand: Command = defineCommand({
  description: 'Train a network; killed runs go on from their checkpoint',
  args: {
    target: {
      type: 'positional',
      required: true,
      description:
        'digits (from scratch) or cifar (from scratch, or an imported model goes on learning)',
    },
    out: { ...option('FILE', 'Result'), alias: 'o' },
    model: option('FILE', 'cifar: ONNX file to start from'),
    architecture: option(architectureNames.join('|'), 'cifar: network to start from scratch'),
    data: option('cifar10:DIR', 'cifar: pictures to learn from and to be measured by'),
    mean: { ...sourceArguments.mean, default: '0.485,0.456,0.406' },
    std: { ...sourceArguments.std, default: '0.229,0.224,0.225' },
    checkpoint: option('FILE', 'Where a run can go on from (Default: the result + .checkpoint)'),
    resume: { type: 'boolean', description: 'Go on from the checkpoint' },
    epochs: option('N', 'Times over the data (Default: 20; cifar 40; with --model 1)'),
    batch: option('N', 'Images in a step (Default: 64; with --model 128)'),
    rate: option('X', 'Highest learning rate (Default: 0.1; with --model 0.001)'),
    seed: option('N', 'First values, order and augmentation (Default: 1)'),
    samples: option('N', 'Images to learn from, at most'),
    'save-every': option('N', 'Steps between checkpoints (Default: an epoch)'),
    threads: threadsOption,
  },
  examples: [
    'digits',
    'digits --resume',
    'cifar --architecture mobilenetv2 --data cifar10:data/cifar10 --out mobilenetv2.onnx',
    'cifar --model resnet20.onnx --data cifar10:data/cifar10 --epochs 1 --out tuned.onnx',
  ],
  run: async (args, context) => {
    const target = choiceOf('target', args.target, targetNames);
    if (target === 'digits') return trainDigits(runOptionsOf(args, targets.digits), context);
    const start = cifarStartOf(args.model, args.architecture);
    const { data } = args;
    if (!data) throw new UsageError('train cifar needs --data cifar10:DIR');
    const options = runOptionsOf(args, 'model' in start ? targets.cifar : cifarFromScratch);
    const [mean, std] = [numbersOf('mean', args.mean), numbersOf('std', args.std)];
    return trainCifar({ ...options, start, data, mean, std }, context);
  },
});
