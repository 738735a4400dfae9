import type { ReconstructionConfig } from '@subbyte/quantize';
import { UsageError } from '../errors.ts';
import { bytesOf, choiceOf, integerOf, numberOf } from './values.ts';

/** Those that say nothing with `--method nearest`. */
const learning = [
  'iterations',
  'batch-size',
  'rounding-rate',
  'step-rate',
  'weight-step-rate',
  'bias-rate',
  'penalty',
  'drop-probability',
  'loss',
  'prediction-difference',
  'finish-iterations',
  'finish-rate',
  'finish-code-rate',
  'units',
  'memory',
  'checkpoint',
] as const;

const losses = ['meanSquare', 'fisherDiagonal', 'fisherFull'] as const;

type Name = 'method' | (typeof learning)[number];

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
  'rounding-rate': {
    type: 'string',
    valueHint: '0-1',
    description:
      'Learning rate of the rounding (Default: 0.01, beyond 1000 iterations 10 / iterations)',
  },
  'step-rate': {
    type: 'string',
    valueHint: '0-1',
    description: "The same of the values' steps, relative to them (Default: 0.002)",
  },
  'weight-step-rate': {
    type: 'string',
    valueHint: '0-1',
    description: "The same of the weights' steps, relative to them; 0: they stay (Default: 0)",
  },
  'bias-rate': {
    type: 'string',
    valueHint: '0-1',
    description: 'The same of the biases; 0: they stay (Default: 0)',
  },
  penalty: {
    type: 'string',
    valueHint: '0-1000',
    description: 'Weight of what draws roundings to 0 or 1 (Default: 0.01)',
  },
  'drop-probability': {
    type: 'string',
    valueHint: '0-1',
    description: 'How many elements stay float while qdrop learns (Default: 0.5)',
  },
  loss: {
    type: 'string',
    valueHint: losses.join('|'),
    description: "How a unit's results are compared (Default: meanSquare)",
  },
  'prediction-difference': {
    type: 'string',
    valueHint: '0-1000',
    description: "Weight of the difference that a unit makes in the network's outputs (Default: 0)",
  },
  'finish-iterations': {
    type: 'string',
    valueHint: 'N',
    description:
      'Updates of the whole network at the end; 0 is none (Default: 500, below 4 bits 1000)',
  },
  'finish-rate': {
    type: 'string',
    valueHint: '0-1',
    description: 'Their learning rate, relative to steps and biases (Default: 0.001)',
  },
  'finish-code-rate': {
    type: 'string',
    valueHint: '0-1',
    description: "The same of the weights' codes, in steps; 0: they stay (Default: 0.003)",
  },
  units: {
    type: 'string',
    valueHint: 'FILE.json',
    description:
      'Units to learn instead of those found: lists of layer names, or what inspect --json says',
  },
  memory: {
    type: 'string',
    valueHint: 'BYTES',
    description:
      'Most that is kept of the samples while a unit learns, like 512MB: as codes, as halves or computed anew where it must be (Default: 2GB)',
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
 * Bytes for the caches of learned rounding; `undefined`: as many as there are by default.
 * @throws UsageError when it is no number of bytes.
 */
export const memoryOf = ({ memory }: Given): number | undefined =>
  memory === undefined ? undefined : bytesOf('memory', memory);

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
    const whole = (option: Name, low: number, high: number): number | undefined => {
      const text = given[option];
      return text === undefined ? undefined : integerOf(option, text, low, high);
    };
    const rate = (option: Name, most = 1): number | undefined => {
      const text = given[option];
      return text === undefined ? undefined : numberOf(option, text, 0, most);
    };
    return {
      method,
      iterations: whole('iterations', 1, 1_000_000),
      batchSize: whole('batch-size', 1, 4096),
      roundingRate: rate('rounding-rate'),
      stepRate: rate('step-rate'),
      weightStepRate: rate('weight-step-rate'),
      biasRate: rate('bias-rate'),
      penalty: rate('penalty', 1000),
      dropProbability: rate('drop-probability'),
      loss: given.loss === undefined ? undefined : choiceOf('loss', given.loss, losses),
      predictionDifference: rate('prediction-difference', 1000),
      finishIterations: whole('finish-iterations', 0, 1_000_000),
      finishRate: rate('finish-rate'),
      finishCodeRate: rate('finish-code-rate'),
    };
  }
  for (const option of learning) {
    if (given[option] !== undefined) {
      throw new UsageError(`--${option} is for --method adaround, brecq and qdrop, not nearest`);
    }
  }
  return undefined;
}
