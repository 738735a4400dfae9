import type { Tensor } from '@subbyte/tensor';
import { apotCodebook } from './codebook.ts';
import type { Distribution } from './distribution.ts';
import { QuantizerError } from './errors.ts';
import { fitGroups } from './fit-groups.ts';
import { perTensor } from './granularity.ts';
import { reachOf, scaleFor, searchLevels } from './search-levels.ts';
import type { ApotQuantizer, Bits, Granularity } from './types.ts';

/** Which levels an APoT quantizer has. */
export interface ApotSpec {
  /** 2 to 8; one of them is the sign when `signed`. */
  readonly bits: Bits;
  /** Sign and magnitude, as for weights; else magnitudes, as for values behind a ReLU. Default true. */
  readonly signed?: boolean | undefined;
  /** Bits per power of two of the sum (k). Default 2, as in all experiments of the paper. */
  readonly termBits?: number | undefined;
}

/** Which APoT quantizer to fit, and how. */
export interface ApotOptions extends ApotSpec {
  /** Default `perTensor`. */
  readonly granularity?: Granularity | undefined;
  /** How thresholds are chosen: the largest magnitude, or least squared error. Default `mse`. */
  readonly observer?: 'minMax' | 'mse' | undefined;
}

/** Fits APoT quantizers to tensors. */
export interface ApotFitter {
  /**
   * The quantizer whose thresholds suit `input` best. Unsigned levels ignore values below 0.
   * @throws QuantizerError for NaN, infinities and empty tensors; TensorError unless float32.
   */
  fit(input: Tensor): ApotQuantizer;
}

function resolve({
  bits,
  signed = true,
  termBits = 2,
}: ApotSpec): Pick<ApotQuantizer, 'bits' | 'signed' | 'termBits'> {
  if (!Number.isInteger(bits) || bits < 2 || bits > 8) {
    throw new QuantizerError(`${bits} bits: expected a whole number from 2 to 8`);
  }
  return { bits, signed, termBits };
}

/**
 * A quantizer from clipping thresholds α: one per tensor, or one per group in the order of the scales.
 * The scale is α over the largest level, in float32.
 * @throws QuantizerError for levels outside their range and thresholds that are not positive numbers.
 */
export function apotQuantizer(
  spec: ApotSpec,
  thresholds: readonly number[],
  granularity: Granularity = perTensor,
  scaleShape: readonly number[] = [],
): ApotQuantizer {
  const resolved = resolve(spec);
  const codebook = apotCodebook(resolved);
  const scale = thresholds.map((threshold, i) => {
    if (!(threshold > 0 && threshold < Number.POSITIVE_INFINITY)) {
      throw new QuantizerError(`threshold ${threshold} at ${i}: expected a positive number`);
    }
    return scaleFor(codebook, threshold);
  });
  return { version: 1, scheme: 'apot', ...resolved, granularity, scaleShape, scale };
}

/** The clipping thresholds α of a quantizer: its largest level times each scale. */
export function apotThresholds(quantizer: ApotQuantizer): number[] {
  const largest = apotCodebook(quantizer).levels.at(-1) as number;
  return quantizer.scale.map((scale) => largest * scale);
}

/**
 * A maker of APoT quantizers: `apot({ bits: 4 }).fit(weights)`.
 * @throws QuantizerError for options outside their range.
 */
export function apot(options: ApotOptions): ApotFitter {
  const spec = resolve(options);
  const codebook = apotCodebook(spec);
  const { observer = 'mse' } = options;
  const searches = {
    minMax: (values: Distribution) => scaleFor(codebook, reachOf(codebook, values)),
    mse: (values: Distribution) => searchLevels(values, codebook, { offset: false }).scale,
  };
  if (!Object.hasOwn(searches, observer)) {
    throw new QuantizerError(`observer "${observer}" of APoT levels: expected minMax or mse`);
  }
  return {
    fit: (input) => {
      const found = fitGroups(input, options.granularity, { exact: true }, searches[observer]);
      const { fitted: scale, granularity, scaleShape } = found;
      return { version: 1, scheme: 'apot', ...spec, granularity, scaleShape, scale };
    },
  };
}
