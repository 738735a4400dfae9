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

function sumOfSquares(x: Tensor): number {
  const axes = x.shape.map((_, axis) => axis);
  return toNumbers(kernels.reduceSumSquare([x], { axes, keepAxes: false }))[0] as number;
}

/** `mean Σ_c d²` of a difference. */
export function meanSquare(difference: Tensor, output: UnitOutput): number {
  return sumOfSquares(difference) / meanCount(difference, output);
}

/** `d |d|^(power - 2)`. */
function powerSlope(difference: Tensor, power: number): Tensor {
  if (power === 2) return difference;
  const size = kernels.clip([kernels.abs([difference], {})], { min: 1e-20, max: 1e20 });
  const exponent = kernels.mul([kernels.log([size], {}), scalar(power - 2)], {});
  return kernels.mul([difference, kernels.exp([exponent], {})], {});
}

/**
 * The derivative of the loss of one output with respect to it.
 * - `meanSquare`: `mean Σ_c |d|^power`;
 * - `fisherDiagonal`: `mean Σ_c w d²`, `weights` w of mean 1;
 * - `fisherFull`: `mean_n (Σ |d| w)² / elements of a sample`, the rank-1 form of BRECQ's code
 *   (`weights` w of mean square 1), scaled to that of the others.
 */
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
  const axes = difference.shape.map((_, axis) => axis).slice(1);
  const samples = difference.shape[0] ?? 1;
  const totals = kernels.reduceL1([weighted], { axes, keepAxes: true });
  const signs = kernels.mul([kernels.sign([difference], {}), weights], {});
  const factor = (2 * scale * samples) / difference.size;
  return kernels.mul([kernels.mul([signs, totals], {}), scalar(factor)], {});
}

/** Loss of a unit on some samples: results by their quantized names against float values by theirs. */
export function unitLoss(
  unit: Unit,
  results: ReadonlyMap<string, Tensor>,
  float: ReadonlyMap<string, Tensor>,
): number {
  return scope(() =>
    unit.outputs.reduce((total, output) => {
      const value = results.get(output.quantized) as Tensor;
      const target = float.get(output.float) as Tensor;
      return total + meanSquare(kernels.sub([value, target], {}), output);
    }, 0),
  );
}
