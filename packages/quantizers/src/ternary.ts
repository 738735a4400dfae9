import type { Tensor } from '@subbyte/tensor';
import { codebookOf } from './codebook.ts';
import type { Distribution } from './distribution.ts';
import { QuantizerError } from './errors.ts';
import { fitGroups } from './fit-groups.ts';
import { perTensor } from './granularity.ts';
import { type LevelFit, scaleFor, searchLevels } from './search-levels.ts';
import type { Granularity, TernaryQuantizer } from './types.ts';

/** Which ternary quantizer to fit, and how. */
export interface TernaryOptions {
  /** Whether β may differ from 0, which costs kernels a sum over the other operand. Default false. */
  readonly offset?: boolean | undefined;
  /** Default `perTensor`. */
  readonly granularity?: Granularity | undefined;
  /**
   * How γ (and β) are chosen: least squared error, or the rule of ternary weight networks
   * (arXiv 1605.04711), thresholds ±γ/2 at 0.7 times the mean magnitude, β = 0. Default `mse`.
   */
  readonly observer?: 'mse' | 'twn' | undefined;
}

/** Fits ternary quantizers to tensors. */
export interface TernaryFitter {
  /**
   * The quantizer whose scale and offset suit `input` best.
   * @throws QuantizerError for NaN, infinities and empty tensors; TensorError unless float32.
   */
  fit(input: Tensor): TernaryQuantizer;
}

/** A quantizer from scales γ and offsets β: one per tensor, or one per group in the order of the scales. */
export function ternaryQuantizer(
  fits: readonly LevelFit[],
  granularity: Granularity = perTensor,
  scaleShape: readonly number[] = [],
): TernaryQuantizer {
  return {
    version: 1,
    scheme: 'ternary',
    bits: 2,
    granularity,
    scaleShape,
    scale: fits.map(({ scale }) => scale),
    offset: fits.map(({ offset }) => offset),
  };
}

function meanMagnitude({ values, weights, zeros }: Distribution): number {
  let sum = 0;
  let count = zeros;
  for (let i = 0; i < values.length; i++) {
    sum += Math.abs(values[i] as number) * (weights[i] as number);
    count += weights[i] as number;
  }
  return sum / count;
}

/**
 * A maker of ternary quantizers: `ternary({ granularity: perChannel(0) }).fit(weights)`.
 * @throws QuantizerError for unknown observers, and `twn` with an offset.
 */
export function ternary(options: TernaryOptions = {}): TernaryFitter {
  const { offset = false, observer = 'mse' } = options;
  if (observer !== 'mse' && observer !== 'twn') {
    throw new QuantizerError(`observer "${observer}" of ternary codes: expected mse or twn`);
  }
  if (observer === 'twn' && offset) {
    throw new QuantizerError('observer "twn" with an offset: expected mse, twn has offset 0');
  }
  const codebook = codebookOf(ternaryQuantizer([]));
  const search = (values: Distribution): LevelFit =>
    observer === 'mse'
      ? searchLevels(values, codebook, { offset })
      : { scale: scaleFor(codebook, 1.4 * meanMagnitude(values)), offset: 0 };
  return {
    fit: (input) => {
      const found = fitGroups(input, options.granularity, { exact: true }, search);
      return ternaryQuantizer(found.fitted, found.granularity, found.scaleShape);
    },
  };
}
