import type { ValueInfo } from '@subbyte/graph';
import { fromOnnx } from '@subbyte/onnx';
import type { ProfileRow } from '@subbyte/runtime';
import type { Session, Values } from '../engines/engine.ts';
import { type EngineName, engines } from '../engines/index.ts';
import { CliError, UsageError } from '../errors.ts';
import { useWasm } from '../io/backend.ts';
import { type ModelFile, openModel } from '../io/model-file.ts';
import { difference } from '../measure/difference.ts';
import type { BenchOptions } from '../options/bench-arguments.ts';
import { feedShapes, isOpen, randomFeeds } from './feeds.ts';
import { inTurn } from './in-turn.ts';
import { medianRatio, type Rounds } from './rounds.ts';

/** A model in an engine. */
export interface Contestant {
  readonly model: string;
  readonly engine: EngineName;
}

/** What one contestant took. */
export interface BenchResult extends Contestant, Omit<Rounds, 'name'> {
  /** Its time by that of others, medians within rounds; below 1 it is faster. */
  readonly ratios: readonly (Contestant & { readonly ratio: number })[];
  /**
   * Its outputs against those of the same model in the first engine to compare with, dB (150: equal). Absent for that
   * engine itself.
   */
  readonly sqnr?: number;
  readonly layers?: readonly ProfileRow[];
}

/** What `benchModels` measured. */
export interface Bench {
  /** Shapes fed, by model and input. */
  readonly inputs: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  /** Threads of our engines: fewer than asked for where workers do not start. */
  readonly threads: number;
  readonly rounds: number;
  /** Whether it ended before its time. */
  readonly interrupted: boolean;
  readonly results: readonly BenchResult[];
}

interface Loaded extends Contestant {
  readonly session: Session;
  readonly feeds: Values;
  readonly sqnr?: number;
}

function feedsOf(file: ModelFile, inputs: readonly ValueInfo[], options: BenchOptions): Values {
  const { path } = file;
  const unnamed = options.shapes.get('');
  if (unnamed && inputs.length !== 1) {
    const names = inputs.map(({ name }) => name).join(', ');
    throw new UsageError(`${path} has the inputs ${names}: say --shape NAME=SHAPE for each`);
  }
  const named = unnamed ? [[inputs[0]?.name ?? '', unnamed]] : [...options.shapes];
  const feeds = feedShapes(inputs, { batch: options.batch, shapes: Object.fromEntries(named) });
  const open = feeds.find(isOpen);
  if (open) {
    const shape = open.shape?.join('x') ?? 'of unknown rank';
    const example = open.shape?.map((size) => (typeof size === 'number' ? size : 'N')).join('x');
    throw new UsageError(
      `${path}: input "${open.name}" is ${shape}; say --shape ${open.name}=${example ?? '1x3x224x224'}${example ? ' with numbers for N' : ''}`,
    );
  }
  return randomFeeds(feeds, options.seed);
}

/** Loads `path` in all engines and compares what they give. */
async function load(
  path: string,
  options: BenchOptions,
  onLoaded: (loaded: Loaded) => void,
): Promise<void> {
  const file = await openModel(path);
  const { inputs } = fromOnnx(file.bytes, { externalData: file.externalData });
  const feeds = feedsOf(file, inputs, options);
  let expected: Values | undefined;
  for (const engine of [...options.against, ...options.engines]) {
    const session = await engines[engine].load(file, { threads: options.threads });
    const loaded = { model: path, engine, session, feeds };
    // Before the first run, so that it is disposed of when that fails.
    const outputs = await session.run(feeds).catch(async (error: unknown) => {
      await session.dispose();
      throw error;
    });
    onLoaded(expected ? { ...loaded, sqnr: difference([expected], [outputs]).sqnr } : loaded);
    expected ??= outputs;
  }
}

/**
 * Runs every model in every engine, in turn in one process, on the same random inputs.
 * @throws UsageError when a model leaves sizes open that were not given; CliError when an engine is not installed
 * or refuses a model, and when `signal` aborts before the first round ends.
 */
export async function benchModels(
  paths: readonly string[],
  options: BenchOptions,
  context: {
    readonly signal: AbortSignal;
    readonly onLoad: (done: number, total: number) => void;
    readonly onRound: (done: number, expected: number) => void;
  },
): Promise<Bench> {
  const { signal, onLoad, onRound } = context;
  const threads = await useWasm({ threads: options.threads });
  const total = paths.length * (options.engines.length + options.against.length);
  const loaded: Loaded[] = [];
  try {
    for (const path of paths) {
      await load(path, options, (one) => {
        loaded.push(one);
        onLoad(loaded.length, total);
        if (signal.aborted) throw new CliError('interrupted before anything was measured');
      });
    }
    const runners = loaded.map(({ model, engine, session, feeds }) => ({
      name: `${model} in ${engine}`,
      run: () => session.run(feeds),
    }));
    const rounds = await inTurn(runners, { ...options, signal, onRound });
    const count = rounds[0]?.times.length ?? 0;
    if (count === 0) throw new CliError('interrupted before anything was measured');
    const bases = loaded.flatMap(({ model, engine }, i) =>
      (options.against.length > 0 ? options.against.includes(engine) : i === 0)
        ? [{ model, engine, rounds: rounds[i] as Rounds }]
        : [],
    );
    return {
      inputs: Object.fromEntries(loaded.map(({ model, feeds }) => [model, shapesIn(feeds)])),
      threads,
      rounds: count,
      interrupted: signal.aborted,
      results: loaded.map(({ model, engine, session, sqnr }, i): BenchResult => {
        const { name: _, ...own } = rounds[i] as Rounds;
        const layers = session.profile?.();
        return {
          ...{ model, engine, ...own },
          ratios: bases
            .filter((base) => base.rounds !== rounds[i])
            .map((base) => ({
              ...{ model: base.model, engine: base.engine },
              ratio: medianRatio(own, base.rounds),
            })),
          ...(sqnr === undefined ? {} : { sqnr }),
          ...(layers ? { layers } : {}),
        };
      }),
    };
  } finally {
    for (const { session } of loaded) await session.dispose();
  }
}

const shapesIn = (feeds: Values): Record<string, readonly number[]> =>
  Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
