import type { QuantizeConfig } from '@subbyte/quantize';
import { type Bits, type RangeOption, rangeMethods, type Scheme } from '@subbyte/quantizers';
import { UsageError } from '../errors.ts';
import { choiceOf, integerOf, namesOf } from './values.ts';

type Name =
  | 'scheme'
  | 'weights'
  | 'activations'
  | 'observer'
  | 'weight-observer'
  | 'granularity'
  | 'group-size'
  | 'first-last'
  | 'keep-float';

const schemes: readonly Scheme[] = ['uniform', 'apot', 'ternary'];

/** The options that say how a model is quantized. */
export const quantizeArguments: {
  readonly [Option in Name]: {
    type: 'string';
    valueHint: string;
    description: string;
    default?: string;
  };
} = {
  scheme: {
    type: 'string',
    default: 'uniform',
    valueHint: 'uniform|apot|ternary',
    description: 'Levels of the weights: even steps, sums of powers of two, or -1, 0 and 1',
  },
  weights: {
    type: 'string',
    valueHint: '2-8',
    description: 'Bits of the weights (Default: 8; ternary: 2)',
  },
  activations: {
    type: 'string',
    default: '8',
    valueHint: '2-8|float',
    description: 'Bits of the values between layers',
  },
  observer: {
    type: 'string',
    default: 'mse',
    valueHint: 'mse|minmax|percentile|entropy',
    description: 'How ranges of the values between layers are chosen',
  },
  'weight-observer': {
    type: 'string',
    valueHint: 'mse|minmax|percentile|entropy',
    description: 'The same for the weights (Default: minmax; ternary and learned rounding: mse)',
  },
  granularity: {
    type: 'string',
    default: 'perChannel',
    valueHint: 'perChannel|perTensor|perGroup',
    description: 'Which weights share a scale',
  },
  'group-size': { type: 'string', valueHint: 'N', description: 'Weights in a group (Default: 32)' },
  'first-last': {
    type: 'string',
    default: '8',
    valueHint: '2-8',
    description: 'Bits of the first and the last layer',
  },
  'keep-float': {
    type: 'string',
    valueHint: 'NAME,...',
    description: 'Layers that stay float; * stands for any characters',
  },
};

type Given = { readonly [Option in Name]?: string | undefined } & {
  readonly 'bias-correction'?: boolean | undefined;
};

const bitsOf = (option: Name, text = '8'): Bits => integerOf(option, text, 2, 8) as Bits;

/** `minmax` as people write it, `minMax` as the libraries do. */
function observerOf(option: Name, text: string): RangeOption {
  const names = rangeMethods.map((name) => name.toLowerCase());
  const chosen = choiceOf(option, text.toLowerCase(), names);
  return rangeMethods[names.indexOf(chosen)] ?? 'mse';
}

/**
 * What the options say, without the data.
 * @throws UsageError naming the option that makes no sense.
 */
export function quantizeConfigOf(given: Given): QuantizeConfig {
  const granularity = choiceOf('granularity', given.granularity ?? 'perChannel', [
    'perChannel',
    'perTensor',
    'perGroup',
  ] as const);
  const groupSize = given['group-size'];
  if (groupSize !== undefined && granularity !== 'perGroup') {
    throw new UsageError(`--group-size is for --granularity perGroup, not ${granularity}`);
  }
  const observer = observerOf('observer', given.observer ?? 'mse');
  const scheme = choiceOf('scheme', given.scheme ?? 'uniform', schemes);
  const weightObserver = given['weight-observer'];
  const ends = bitsOf('first-last', given['first-last']);
  const weights = bitsOf('weights', given.weights ?? (scheme === 'ternary' ? '2' : '8'));
  if (scheme === 'ternary' && weights !== 2) {
    throw new UsageError(`--weights ${weights}: expected 2 with --scheme ternary`);
  }
  const isFloat = given.activations === 'float';
  const activations = isFloat ? undefined : bitsOf('activations', given.activations);
  const firstLast = { weights: ends, activations: ends };
  return {
    weights: {
      scheme,
      bits: weights,
      granularity,
      ...(weightObserver === undefined
        ? {}
        : { observer: observerOf('weight-observer', weightObserver) }),
      ...(groupSize === undefined ? {} : { groupSize: integerOf('group-size', groupSize, 1) }),
    },
    activations: activations === undefined ? undefined : { bits: activations, observer },
    firstLayer: firstLast,
    lastLayer: firstLast,
    keepFloat: namesOf(given['keep-float']),
    biasCorrection: given['bias-correction'],
  };
}
