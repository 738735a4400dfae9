import { type EngineName, engineNames } from '../engines/index.ts';
import { UsageError } from '../errors.ts';
import { threadsOption } from './threads.ts';
import { choiceOf, integerOf, namesOf, numbersOf } from './values.ts';

type Name =
  | 'engine'
  | 'against'
  | 'threads'
  | 'batch'
  | 'shape'
  | 'seconds'
  | 'rounds'
  | 'layers'
  | 'seed';

/** The options of `subbyte bench`. */
export const benchArguments: {
  readonly [Option in Name]: {
    type: 'string';
    valueHint: string;
    description: string;
    default?: string;
  };
} = {
  engine: {
    type: 'string',
    default: 'runtime',
    valueHint: 'NAMES',
    description: `What runs the models: ${engineNames.join(', ')}`,
  },
  against: {
    type: 'string',
    valueHint: 'NAMES',
    description: 'Engines to run them too and to divide by',
  },
  threads: { ...threadsOption, description: 'Threads of every engine', default: '1' },
  batch: {
    type: 'string',
    valueHint: 'N',
    description: 'Size of the first axis where the model leaves it open (Default: 1)',
  },
  shape: {
    type: 'string',
    valueHint: 'SHAPES',
    description: 'Of the input, 1x3x224x224, or of several, ids=1x128,mask=1x128',
  },
  seconds: { type: 'string', default: '10', valueHint: 'N', description: 'Time to measure for' },
  rounds: { type: 'string', default: '9', valueHint: 'N', description: 'At least so many' },
  layers: {
    type: 'string',
    default: '10',
    valueHint: 'N',
    description: 'Slowest layers to show of each model in the runtime',
  },
  seed: { type: 'string', default: '1', valueHint: 'N', description: 'Of the random inputs' },
};

/** What a command line of `subbyte bench` asks for. */
export interface BenchOptions {
  readonly engines: readonly EngineName[];
  readonly against: readonly EngineName[];
  readonly threads: number;
  readonly batch: number | undefined;
  /** Shapes by input; the name is empty where none was given. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly seconds: number;
  readonly rounds: number;
  readonly layers: number;
  readonly seed: number;
}

type Given = { readonly [Option in Name]?: string | undefined };

const enginesOf = (option: string, text: string | undefined): EngineName[] => [
  ...new Set(namesOf(text).map((name) => choiceOf(option, name, engineNames))),
];

function shapesOf(text: string): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const part of namesOf(text)) {
    // Names of inputs may have any character in them.
    const [, name = '', sizes = ''] = /^(?:(.*)=)?([^=]*)$/.exec(part) ?? [];
    if (!/^\d+(x\d+)*$/.test(sizes)) {
      throw new UsageError(`--shape has "${part}", expected 1x3x224x224 or NAME=1x3x224x224`);
    }
    if (shapes.has(name)) throw new UsageError(`--shape has two shapes for "${name}"`);
    shapes.set(
      name,
      sizes.split('x').map((size) => integerOf('shape', size, 1, 2 ** 28)),
    );
  }
  if (shapes.has('') && shapes.size > 1) {
    throw new UsageError(`--shape is "${text}": several shapes need names, ids=1x128,mask=1x128`);
  }
  return shapes;
}

/**
 * The options in a command line.
 * @throws UsageError naming the option that makes no sense.
 */
export function benchOptionsOf(given: Given): BenchOptions {
  const engines = enginesOf('engine', given.engine ?? 'runtime');
  const against = enginesOf('against', given.against).filter((name) => !engines.includes(name));
  if (engines.length === 0) {
    throw new UsageError(`--engine is "${given.engine}", expected ${engineNames.join(' | ')}`);
  }
  const [seconds = Number.NaN, ...more] = numbersOf('seconds', given.seconds ?? '10');
  if (more.length > 0 || !(seconds > 0 && seconds <= 86_400)) {
    throw new UsageError(`--seconds is "${given.seconds}", expected a number above 0, up to 86400`);
  }
  return {
    engines,
    against,
    threads: integerOf('threads', given.threads ?? '1', 1, 64),
    batch: given.batch === undefined ? undefined : integerOf('batch', given.batch, 1, 65_536),
    shapes: shapesOf(given.shape ?? ''),
    seconds,
    rounds: integerOf('rounds', given.rounds ?? '9', 1, 1_000_000),
    layers: integerOf('layers', given.layers ?? '10', 0),
    seed: integerOf('seed', given.seed ?? '1', 0, 0xffff_ffff),
  };
}
