// Reconstruction losses and their derivatives with respect to a unit's results. Sums over channels,
// means over everything else: the weight of the rounding penalty belongs to this scale.

import { kernels } from '@subbyte/kernels';
import { scalar, scope, sizeOf, type Tensor, toNumbers } from '@subbyte/tensor';
import type { Unit, UnitOutput } from './units.ts';

/** Which loss a unit learns by. */
export type LossKind = 'meanSquare' | 'fisherDiagonal' | 'fisherFull';

/** Elements that a mean is taken over: all axes but that of the channels. */
function meanCount({ shape }: Tensor, { channelAxis }: UnitOutput): number {
  return sizeOf(shape) / (shape[channelAxis] ?? 1);
}

const numberOf = (sum: Tensor): number => toNumbers(sum)[0] as number;

const axesOf = ({ shape }: Tensor): number[] => shape.map((_, axis) => axis);

/** Sum of the magnitudes of each sample, with axes of size 1. */
const sampleTotals = (x: Tensor): Tensor =>
  kernels.reduceL1([x], { axes: axesOf(x).slice(1), keepAxes: true });

/**
 * The loss of a difference.
 * - `meanSquare`: `mean Σ_c d²`;
 * - `fisherDiagonal`: `mean Σ_c w d²`, `weights` w of mean 1;
 * - `fisherFull`: `mean_n (Σ |d| w)² / elements of a sample`, the rank-1 form of BRECQ's code
 *   (`weights` w of mean square 1), scaled to that of the others.
 */
export function lossOf(
  kind: LossKind,
  difference: Tensor,
  output: UnitOutput,
  weights: Tensor | undefined,
): number {
  return scope(() => {
    const count = meanCount(difference, output);
    const all = { axes: axesOf(difference), keepAxes: false };
    if (kind === 'meanSquare' || !weights) {
      return numberOf(kernels.reduceSumSquare([difference], all)) / count;
    }
    const weighted = kernels.mul([difference, weights], {});
    if (kind === 'fisherDiagonal') {
      return numberOf(kernels.reduceSum([kernels.mul([weighted, difference], {})], all)) / count;
    }
    const squares = numberOf(kernels.reduceSumSquare([sampleTotals(weighted)], all));
    return (squares * (difference.shape[0] ?? 1)) / difference.size / count;
  });
}

/** `d |d|^(power - 2)`. */
function powerSlope(difference: Tensor, power: number): Tensor {
  if (power === 2) return difference;
  const size = kernels.clip([kernels.abs([difference], {})], { min: 1e-20, max: 1e20 });
  const exponent = kernels.mul([kernels.log([size], {}), scalar(power - 2)], {});
  return kernels.mul([difference, kernels.exp([exponent], {})], {});
}

/** The derivative of `lossOf` with respect to the difference; `meanSquare` with `|d|^power` for `d²`. */
export function lossGradient(
  kind: LossKind,
  difference: Tensor,
  output: UnitOutput,
  power: number,
  weights: Tensor | undefined,
): Tensor {
  const scale = 1 / meanCount(difference, output);
  if (kind === 'meanSquare' || !weights) {
    return kernels.mul([powerSlope(difference, power), scalar(power * scale)], {});
  }
  const weighted = kernels.mul([difference, weights], {});
  if (kind === 'fisherDiagonal') return kernels.mul([weighted, scalar(2 * scale)], {});
  const samples = difference.shape[0] ?? 1;
  const totals = sampleTotals(weighted);
  const signs = kernels.mul([kernels.sign([difference], {}), weights], {});
  const factor = (2 * scale * samples) / difference.size;
  return kernels.mul([kernels.mul([signs, totals], {}), scalar(factor)], {});
}

/**
 * Loss of a unit on some samples: results by their quantized names against float values by theirs, which
 * `weights` go by too.
 */
export function unitLoss(
  kind: LossKind,
  unit: Unit,
  results: ReadonlyMap<string, Tensor>,
  float: ReadonlyMap<string, Tensor>,
  weights: ReadonlyMap<string, Tensor> | undefined,
): number {
  return scope(() =>
    unit.outputs.reduce((total, output) => {
      const value = results.get(output.quantized) as Tensor;
      const target = float.get(output.float) as Tensor;
      const difference = kernels.sub([value, target], {});
      return total + lossOf(kind, difference, output, weights?.get(output.float));
    }, 0),
  );
}
