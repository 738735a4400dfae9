import type { ReconstructionConfig } from '@subbyte/quantize';
import { UsageError } from '../errors.ts';
import { choiceOf, integerOf } from './values.ts';

type Name = 'method' | 'iterations' | 'batch-size' | 'checkpoint';

/** The options that say how rounding is learned. */
export const reconstructionArguments: {
  readonly [Option in Name]: {
    type: 'string';
    valueHint: string;
    description: string;
    default?: string;
  };
} & { readonly resume: { type: 'boolean'; description: string } } = {
  method: {
    type: 'string',
    default: 'nearest',
    valueHint: 'nearest|adaround|brecq|qdrop',
    description:
      'How weights are rounded: each to the nearest code, or learned layer or block wise',
  },
  iterations: {
    type: 'string',
    valueHint: 'N',
    description: 'Updates for each unit that is learned (Default: 1000)',
  },
  'batch-size': {
    type: 'string',
    valueHint: 'N',
    description: 'Samples for each update (Default: 32; large pictures want fewer)',
  },
  checkpoint: {
    type: 'string',
    valueHint: 'DIR',
    description: 'Folder that keeps every unit as soon as it is learned',
  },
  resume: { type: 'boolean', description: 'Go on behind the units that --checkpoint has' },
};

type Given = { readonly [Option in Name]?: string | undefined } & {
  readonly resume?: boolean | undefined;
};

const methods = ['nearest', 'adaround', 'brecq', 'qdrop'] as const;

/**
 * How rounding is learned; `undefined`: not at all.
 * @throws UsageError naming the option that makes no sense.
 */
export function reconstructionOf(given: Given): ReconstructionConfig | undefined {
  const method = choiceOf('method', given.method ?? 'nearest', methods);
  if (given.resume && given.checkpoint === undefined) {
    throw new UsageError('--resume needs --checkpoint, the folder to go on from');
  }
  if (method !== 'nearest') {
    const number = (option: 'iterations' | 'batch-size', most: number): number | undefined => {
      const text = given[option];
      return text === undefined ? undefined : integerOf(option, text, 1, most);
    };
    return {
      method,
      iterations: number('iterations', 1_000_000),
      batchSize: number('batch-size', 4096),
    };
  }
  for (const option of ['iterations', 'batch-size', 'checkpoint'] as const) {
    if (given[option] !== undefined) {
      throw new UsageError(`--${option} is for --method adaround, brecq and qdrop, not nearest`);
    }
  }
  return undefined;
}
