import type { Box, Batch as PlainBatch, TextPage } from '@subbyte/datasets';
import type { Dimension } from '@subbyte/graph';
import { CliError } from '../errors.ts';

/** Some samples of a source: the model's input and what is known about each. */
export interface Batch extends PlainBatch {
  /** Text of each sample. */
  readonly texts?: readonly string[];
  /** What is to be found in each sample, pixels. */
  readonly boxes?: readonly (readonly Box[])[];
  /** The pictures as they were before normalisation, when their boxes are known. */
  readonly pages?: readonly TextPage[];
}

/** Samples for a model, in batches; the same every time it is read. */
export interface Source {
  /** Number of samples. */
  readonly count: number;
  /** What a model can be scored by. */
  readonly truth: 'labels' | 'texts' | 'boxes' | 'none';
  batches(): AsyncIterable<Batch> | Iterable<Batch>;
}

/** What a source needs to know besides its place. */
export interface SourceOptions {
  /** At most so many samples, drawn with `seed`; undefined: all there are, in order. */
  readonly samples?: number | undefined;
  readonly seed: number;
  /** Samples in a batch; undefined: what suits the source. */
  readonly batch?: number | undefined;
  readonly split: 'train' | 'test';
  /** Per channel, after division by 255: `(x / 255 - mean) / std`. */
  readonly mean?: readonly number[] | undefined;
  readonly std?: readonly number[] | undefined;
  /** Height and width of pictures, and other sizes the model leaves open. */
  readonly size?: readonly number[] | undefined;
  /** Shape of the model's input. */
  readonly inputShape: readonly Dimension[];
}

/** Opens the source at `place`, what stands after the colon (empty without one). */
export type OpenSource = (place: string, options: SourceOptions) => Promise<Source>;

/** How samples are cut into batches. */
export interface Cut {
  /** Number of samples. */
  readonly count: number;
  readonly batchSize: number;
}

/**
 * Cuts `available` samples, or as many as were asked for. A model with a fixed batch size gets whole
 * batches of that size.
 * @throws CliError when not even one batch can be filled.
 */
export function cut(available: number, options: SourceOptions, defaultBatch = 32): Cut {
  const { samples = available, batch = defaultBatch } = options;
  const wanted = Math.min(available, samples);
  const [fixed] = options.inputShape;
  if (typeof fixed !== 'number') return { count: wanted, batchSize: Math.min(batch, wanted) };
  const whole = Math.floor(wanted / fixed) * fixed;
  if (whole > 0) return { count: whole, batchSize: fixed };
  throw new CliError(`the model takes ${fixed} samples at a time, the data has only ${wanted}`);
}

/** What is made up for calibration and for tests comes from different streams. */
export const seedOfSplit = ({ seed, split }: SourceOptions): number =>
  split === 'test' ? seed ^ 0x8000_0000 : seed;

/** The inputs alone, with a pause after each batch. */
export async function* inputsOf(source: Source): AsyncGenerator<Batch['input']> {
  for await (const { input } of source.batches()) {
    yield input;
    await breathe();
  }
}

/** Lets signals, timers and the terminal have their turn between batches. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
