import type { Tensor } from '@subbyte/tensor';
import { QuantizerError } from './errors.ts';
import { fitGroups } from './fit-groups.ts';
import { perTensor } from './granularity.ts';
import type { Grid, GridSpec } from './grid.ts';
import { type RangeOption, resolveRangeMethod, searchGrid } from './search.ts';
import type { Bits, Granularity, UniformQuantizer } from './types.ts';

/** Which uniform quantizer to fit, and how. */
export interface UniformOptions {
  /** 2 to 8. */
  readonly bits: Bits;
  /** Zero point 0 on signed codes. Default true. */
  readonly symmetric?: boolean | undefined;
  /** Codes from `-2^(bits-1)`, else from 0. Default: as `symmetric`, which needs it. */
  readonly signed?: boolean | undefined;
  /** Leave out the lowest code. Default false. */
  readonly narrow?: boolean | undefined;
  /** Default `perTensor`. */
  readonly granularity?: Granularity | undefined;
  /** How ranges are chosen. Default `mse`. */
  readonly observer?: RangeOption | undefined;
}

/** Fits quantizers of one kind to tensors. */
export interface UniformFitter {
  /**
   * The quantizer whose ranges suit `input` best. Groups of up to 16 384 values are searched exactly,
   * larger ones through a histogram of 8 192 bins.
   * @throws QuantizerError for NaN, infinities and empty tensors; TensorError unless float32.
   */
  fit(input: Tensor): UniformQuantizer;
}

/**
 * The codes that `options` ask for.
 * @throws QuantizerError for widths outside 2 to 8 and symmetric unsigned codes.
 */
export function gridSpec(options: UniformOptions): GridSpec {
  const { bits, symmetric = true, signed = symmetric, narrow = false } = options;
  if (!Number.isInteger(bits) || bits < 2 || bits > 8) {
    throw new QuantizerError(`${bits} bits: expected a whole number from 2 to 8`);
  }
  if (symmetric && !signed) {
    throw new QuantizerError('symmetric and unsigned: expected signed codes for zero point 0');
  }
  return { bits, signed, narrow, symmetric };
}

/** A quantizer from grids: one per tensor, or one per group in the order of the scales. */
export function uniformQuantizer(
  spec: GridSpec,
  grids: readonly Grid[],
  granularity: Granularity = perTensor,
  scaleShape: readonly number[] = [],
): UniformQuantizer {
  return {
    version: 1,
    scheme: 'uniform',
    bits: spec.bits,
    signed: spec.signed,
    narrow: spec.narrow,
    granularity,
    scaleShape,
    scale: grids.map((grid) => grid.scale),
    zeroPoint: grids.map((grid) => grid.zeroPoint),
  };
}

/**
 * A maker of uniform affine quantizers: `uniform({ bits: 4 }).fit(weights)`.
 * @throws QuantizerError for options outside their range.
 */
export function uniform(options: UniformOptions): UniformFitter {
  const spec = gridSpec(options);
  const method = resolveRangeMethod(options.observer ?? 'mse');
  return {
    fit: (input) => {
      // Entropy compares bins with levels; single values would have no bins.
      const exact = method.kind !== 'entropy';
      const { fitted, ...scales } = fitGroups(input, options.granularity, { exact }, (values) =>
        searchGrid(values, spec, method),
      );
      return uniformQuantizer(spec, fitted, scales.granularity, scales.scaleShape);
    },
  };
}
