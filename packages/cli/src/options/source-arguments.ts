import type { Dimension } from '@subbyte/graph';
import { UsageError } from '../errors.ts';
import type { SourceOptions } from '../sources/source.ts';
import { choiceOf, integerOf, numbersOf } from './values.ts';

/** The sizes that a model leaves open. */
export const sizeOption: { type: 'string'; valueHint: string; description: string } = {
  type: 'string',
  valueHint: 'HxW',
  description: 'Picture size the model leaves open',
};

type Name = 'samples' | 'seed' | 'batch' | 'split' | 'mean' | 'std' | 'size';

/** The options of every command that reads samples. */
export const sourceArguments: {
  readonly [Option in Name]: { type: 'string'; valueHint: string; description: string };
} = {
  samples: { type: 'string', valueHint: 'N', description: 'Use at most N samples' },
  seed: { type: 'string', valueHint: 'N', description: 'Which samples are drawn (Default: 1)' },
  batch: { type: 'string', valueHint: 'N', description: 'Samples in a batch' },
  split: { type: 'string', valueHint: 'train|test', description: 'Part of cifar10, stream of ocr' },
  mean: { type: 'string', valueHint: 'R,G,B', description: 'Subtracted after division by 255' },
  std: { type: 'string', valueHint: 'R,G,B', description: 'Divided by after that' },
  size: sizeOption,
};

type Given = { readonly [Option in Name]?: string | undefined };

/** `48x320` as numbers. */
export const sizesOf = (text: string): number[] =>
  text.split('x').map((part) => integerOf('size', part, 1, 65_536));

/**
 * The source options in a command line.
 * @throws UsageError naming the option that makes no sense.
 */
export function sourceOptionsOf(
  given: Given,
  inputShape: readonly Dimension[],
  defaults: {
    readonly samples?: number;
    readonly split: 'train' | 'test';
    readonly batch?: number;
  },
): SourceOptions {
  const numbers = (name: 'mean' | 'std'): number[] | undefined =>
    given[name] === undefined ? undefined : numbersOf(name, given[name]);
  const std = numbers('std');
  if (std?.some((value) => value <= 0)) {
    throw new UsageError(`--std is "${given.std}", expected numbers above 0`);
  }
  return {
    samples:
      given.samples === undefined ? defaults.samples : integerOf('samples', given.samples, 1),
    seed: integerOf('seed', given.seed ?? '1', 0, 0xffff_ffff),
    batch: given.batch === undefined ? defaults.batch : integerOf('batch', given.batch, 1, 4096),
    split:
      given.split === undefined
        ? defaults.split
        : choiceOf('split', given.split, ['train', 'test'] as const),
    mean: numbers('mean'),
    std,
    size: given.size === undefined ? undefined : sizesOf(given.size),
    inputShape,
  };
}
